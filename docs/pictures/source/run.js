// Runs another program to its end.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export async function run(program, argumentList) {
  await execute(program, argumentList, { maxBuffer: 64 * 1024 * 1024 });
}
