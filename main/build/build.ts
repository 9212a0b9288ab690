// npm run build [-- part…]: brings dist up to date; `--force` builds fresh parts too. Progress goes to standard error.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { buildParts } from './build-parts.ts';
import { PARTS } from './freshness.js';

const root = path.resolve(import.meta.dirname, '../..');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { force: { type: 'boolean' } },
});
const unknown = positionals.find((name) => !PARTS.some((part) => part === name));

if (unknown !== undefined) {
  process.stderr.write(`unknown part "${unknown}"; expected ${PARTS.join(', ')}\n`);
  process.exitCode = 2;
} else {
  await buildParts({
    root,
    parts: positionals.length === 0 ? PARTS : PARTS.filter((part) => positionals.includes(part)),
    force: values.force ?? false,
    onBuilt: (part, elapsedMs) =>
      process.stderr.write(`built ${part} in ${(elapsedMs / 1000).toFixed(1)} s\n`),
  });
}
