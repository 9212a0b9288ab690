import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cataloguePath } from '../../../catalogue/open-db.ts';
import { diskFiles } from '../../store/durable-files.ts';
import type { UnfitFile } from './read-segments.ts';

/** Where a rebuild keeps what it took out of use, relative to the data folder. */
export const asideFolder = (nowMs: number): string =>
  `set-aside/${new Date(nowMs).toISOString().replace(/[:.]/g, '-')}`;

/** Moves segment files that cannot be used: a start deletes what lies below `segments/` and has no catalogue row. */
export function putFilesAside(dataDir: string, folder: string, files: readonly UnfitFile[]): void {
  for (const { file } of files) {
    const target = path.join(dataDir, folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    renameSync(path.join(dataDir, file), target);
  }
}

const LOG_SUFFIXES = ['-wal', '-shm'];

/**
 * Puts a new catalogue in the place of the old one, of which a copy stays. The old log goes before: SQLite would apply it
 * to the new file. A kill between any two steps leaves the old catalogue, or its copy and the next rebuild.
 */
export async function replaceCatalogue(dataDir: string, folder: string, rebuilt: string): Promise<void> {
  const catalogue = cataloguePath(dataDir);
  mkdirSync(path.join(dataDir, folder), { recursive: true });
  for (const suffix of ['', ...LOG_SUFFIXES]) {
    const old = `${catalogue}${suffix}`;
    if (existsSync(old)) copyFileSync(old, path.join(dataDir, folder, path.basename(old)));
  }
  for (const suffix of LOG_SUFFIXES) rmSync(`${catalogue}${suffix}`, { force: true });
  renameSync(rebuilt, catalogue);
  await diskFiles.syncFolder(dataDir);
}
