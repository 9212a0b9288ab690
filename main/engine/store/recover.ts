import { readdirSync, rmSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import type { WriteDb } from '../../catalogue/open-db.ts';
import { AppError } from '../../../shared/errors.ts';

export const DEAD_GRACE_MS = 15 * 60 * 1000; // longer than any reader keeps a snapshot

/**
 * Brings the folder back to what the catalogue says: a killed writer may have left unfinished files, finished files
 * that no transaction came to name, and dictionary values beyond the committed count.
 */
export function recover(dataDir: string, db: WriteDb, nowMs: number): void {
  rmSync(path.join(dataDir, 'tmp'), { recursive: true, force: true });
  deleteDeadSegments(dataDir, db, nowMs);
  const segments = db.prepare<[], { file: string }>('SELECT file FROM segments').all();
  deleteUnreferenced(dataDir, 'segments', new Set(segments.map(({ file }) => file)));
  const dictionaries = db.prepare<[], StoredDictionary>(SELECT_DICTIONARIES).all();
  const dictionaryFiles = dictionaries.flatMap(({ valuesFile, endsFile }) => [valuesFile, endsFile]);
  deleteUnreferenced(dataDir, 'dictionaries', new Set(dictionaryFiles));
  for (const { count, valuesBytes, valuesFile, endsFile } of dictionaries) {
    cutTail(dataDir, valuesFile, valuesBytes);
    cutTail(dataDir, endsFile, count * Float64Array.BYTES_PER_ELEMENT);
  }
}

interface StoredDictionary {
  count: number;
  valuesBytes: number;
  valuesFile: string;
  endsFile: string;
}

const SELECT_DICTIONARIES = `SELECT count, values_bytes AS valuesBytes, values_file AS valuesFile, ends_file AS endsFile
  FROM dictionaries`;

/**
 * Deletes segments that were replaced long enough ago for every reader to have let go of them. Their rows go first: a
 * file without a row is deleted here, or by the next start.
 */
export function deleteDeadSegments(dataDir: string, db: WriteDb, nowMs: number): void {
  const dead = db
    .prepare<[number], { file: string }>(
      'DELETE FROM segments WHERE dead_revision IS NOT NULL AND dead_at_ms <= ? RETURNING file',
    )
    .all(nowMs - DEAD_GRACE_MS);
  for (const { file } of dead) rmSync(path.join(dataDir, file), { force: true });
}

function deleteUnreferenced(dataDir: string, folder: string, referenced: ReadonlySet<string>): void {
  for (const file of filesUnder(dataDir, folder)) {
    if (!referenced.has(file)) rmSync(path.join(dataDir, file));
  }
}

/** Every file below a folder, relative to the data folder, with `/` between names. */
export function filesUnder(dataDir: string, folder: string): string[] {
  const absolute = path.join(dataDir, folder);
  if (statSync(absolute, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) =>
      path.relative(dataDir, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'),
    );
}

function cutTail(dataDir: string, file: string, committedBytes: number): void {
  const absolute = path.join(dataDir, file);
  const sizeBytes = statSync(absolute, { throwIfNoEntry: false })?.size ?? 0;
  if (sizeBytes < committedBytes) {
    throw new AppError(
      'corrupt',
      `the dictionary ${file} is ${committedBytes - sizeBytes} bytes shorter than committed`,
    );
  }
  if (sizeBytes > committedBytes) truncateSync(absolute, committedBytes);
}
