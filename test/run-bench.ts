// npm run bench [-- name…]: runs every file of test/bench in turn, alone on the machine as far as it can.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

const folder = path.join(import.meta.dirname, 'bench');
const wanted = process.argv.slice(2);
const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.ts')) : [];
const chosen = files
  .filter((file) => wanted.length === 0 || wanted.includes(path.basename(file, '.ts')))
  .sort();

if (chosen.length === 0) {
  process.stderr.write(
    `nothing to measure; there is: ${files.map((file) => path.basename(file, '.ts')).join(', ')}\n`,
  );
  process.exitCode = 2;
}
for (const file of chosen) {
  process.stdout.write(`\n# ${path.basename(file, '.ts')}\n`);
  const { status } = spawnSync(process.execPath, [path.join(folder, file)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
