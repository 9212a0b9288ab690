import { closeSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { filesUnder } from '../store/recover.ts';
import type { UserNames } from './user-names.ts';

const ASIDE = 'set-aside';
const SAVED_VIEWS = 'saved-views.json';

/**
 * What a rebuild has set aside cannot be cleaned of one user: damaged catalogues and segments go altogether. Whatever of
 * them could be saved is in use already. Returns how many files went.
 */
export function deleteAside(dataDir: string): number {
  const files = filesUnder(dataDir, ASIDE).length;
  rmSync(path.join(dataDir, ASIDE), { recursive: true, force: true });
  return files;
}

/**
 * Messages may hold the key of an object, and a saved view the filter that it was looked at with. Stand-ins are as long
 * as ids, so everything stays where it is.
 */
export function eraseTextFiles(dataDir: string, names: UserNames): void {
  for (const file of [...filesUnder(dataDir, 'logs'), SAVED_VIEWS]) {
    const absolute = path.join(dataDir, file);
    if (!existsSync(absolute)) continue;
    const text = readFileSync(absolute, 'utf8');
    if (!names.isNamedIn(text)) continue;
    const fd = openSync(absolute, 'r+');
    try {
      writeSync(fd, names.replacedIn(text), 0);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
}
