// Plain JavaScript: the command line reads it before it has found a Node that runs TypeScript.
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** The parts that are built apart: their output folder is `dist/<part>`, their sources are their own layer and shared.
 * @typedef {'main' | 'preload' | 'renderer'} Part */

/** @type {readonly Part[]} */
export const PARTS = ['main', 'preload', 'renderer'];

/** @param {string} root @param {Part} part */
export const stampPath = (root, part) => path.join(root, 'dist', part, '.stamp');

/** True when the output of a part was built from the sources as they stand: same files, sizes and times.
 * A deleted file or a restored older one counts as a change too, which comparing newest times would miss.
 * @param {string} root @param {Part} part @returns {boolean} */
export function isFresh(root, part) {
  try {
    return readFileSync(stampPath(root, part), 'utf8') === fingerprint(root, part);
  } catch {
    return false; // no stamp: never built, or the last build did not finish
  }
}

/** @param {string} root @param {Part} part @returns {string} */
export function fingerprint(root, part) {
  const hash = createHash('sha256');
  for (const file of [...filesUnder(root, part), ...filesUnder(root, 'shared'), 'package-lock.json']) {
    const { size, mtimeMs } = statSync(path.join(root, file));
    hash.update(`${file}\t${size}\t${mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} folder @returns {string[]} paths relative to root, sorted */
function filesUnder(root, folder) {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .sort();
}
