// Makes the pictures of doorkey. `make` beside this folder starts it, once everything it needs is there.

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Camera } from './camera.js';
import { pictureNames, readDescription } from './description.js';
import { lookOf } from './look.js';
import { record } from './recording.js';
import { makeSheets } from './sheets.js';
import { takeStills } from './stills.js';
import { readTape } from './tape.js';

const RECORDING = 'demo';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const inRepository = (...names) => path.join(repository, ...names);

async function main() {
  const { values, positionals: names } = parseArgs({
    options: { program: { type: 'string' }, 'all-sizes': { type: 'boolean' } },
    allowPositionals: true,
  });
  const tape = readTape(await readFile(inRepository('demo.tape'), 'utf8'), 'demo.tape');
  const description = readDescription(await readFile(inRepository('docs/pictures/pictures.toml'), 'utf8'));
  const known = values['all-sizes']
    ? description.walks.map(({ name }) => name)
    : [RECORDING, ...pictureNames(description)];
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length) throw new Error(`Unknown: ${unknown.join(', ')}. There are ${known.join(', ')}.`);

  const isWanted = (name) => !names.length || names.includes(name);
  const camera = await Camera.open();
  try {
    const all = {
      description,
      tape,
      look: lookOf(tape.settings),
      program: path.resolve(values.program),
      camera,
      repository,
      isWanted,
      made,
    };
    if (values['all-sizes']) {
      await makeSheets({ ...all, folder: inRepository('target/pictures') });
    } else {
      if (isWanted(RECORDING)) await made(await record(all));
      await takeStills(all);
    }
  } finally {
    await camera.close();
  }
}

async function made(file) {
  const { size } = await stat(file);
  console.log(`${path.relative(repository, file)}  ${Math.ceil(size / 1024)} kB`);
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
