import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { storageError } from '../../catalogue/open-db.ts';
import { AppError } from '../../../shared/errors.ts';

const LOCK_FILE = 'writer.lock';

export interface WriterLock {
  release: () => void;
}

/**
 * Holds the data folder for one writer by an exclusive lock that the operating system drops when the process dies,
 * however it dies. `workspace.lock` tells people who holds a folder; this one makes two writers impossible even where
 * that file is stale or was deleted.
 */
export function takeWriterLock(dataDir: string): WriterLock {
  try {
    // SQLite opens a file on a read-only disk without a word, and the first write fails much later
    if (existsSync(dataDir)) accessSync(dataDir, constants.W_OK);
    const db = new SqliteDatabase(path.join(dataDir, LOCK_FILE), { timeout: 0 });
    try {
      db.pragma('journal_mode = MEMORY'); // nothing is ever written, so no journal file either
      db.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      db.close();
      throw error;
    }
    return { release: () => db.close() };
  } catch (error) {
    if (isBusy(error)) {
      throw new AppError('locked', `another process is writing to ${dataDir}`, { cause: error });
    }
    throw storageError(dataDir, error);
  }
}

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
