import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { AppError } from '../../shared/errors.ts';
import { migrate, refuseNewer, versionOf } from './migrate.ts';

declare const reads: unique symbol;
declare const writes: unique symbol;

/** A connection that can only read. Distinct from `WriteDb` for the compiler, read-only for SQLite. */
export type ReadDb = Pick<Database, 'prepare' | 'close' | 'open'> & { readonly [reads]: true };
/** The one connection that writes; only the engine holds it. */
export type WriteDb = Pick<Database, 'prepare' | 'transaction' | 'close' | 'open' | 'pragma'> & {
  readonly [writes]: true;
};

const BUSY_TIMEOUT_MS = 5000; // longer than any transaction of the writer
const CHECKPOINT_PAGES = 2000; // 8 MB of log before it is folded in

export const cataloguePath = (dataDir: string): string => path.join(dataDir, 'catalogue.sqlite');

/** Creates or opens the catalogue for writing and brings its schema up to date; `file` where it does not lie yet. */
export function openWriteDb(dataDir: string, file = cataloguePath(dataDir)): WriteDb {
  return guarded(dataDir, () => {
    const db = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS });
    try {
      db.pragma('journal_mode = WAL');
      db.pragma('synchronous = FULL');
      db.pragma('foreign_keys = OFF');
      db.pragma('secure_delete = ON');
      db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
      migrate(db);
      db.pragma('foreign_keys = ON');
    } catch (error) {
      db.close();
      throw error;
    }
    return db as unknown as WriteDb;
  });
}

/** Opens an existing catalogue for reading; never creates one. */
export function openReadDb(dataDir: string): ReadDb {
  if (!existsSync(cataloguePath(dataDir))) {
    throw new AppError('not-found', `there is no workspace in ${dataDir} (no catalogue.sqlite)`);
  }
  return guarded(dataDir, () => {
    try {
      return openChecked(cataloguePath(dataDir));
    } catch (error) {
      if (!leavesNoRoomForLog(codeOf(error)) || hasLog(dataDir)) throw error;
      return openChecked(standaloneCopy(cataloguePath(dataDir)));
    }
  });
}

function openChecked(file: string | Buffer): ReadDb {
  const options = { readonly: true, timeout: BUSY_TIMEOUT_MS };
  const db =
    typeof file === 'string'
      ? new SqliteDatabase(file, { ...options, fileMustExist: true })
      : new SqliteDatabase(file, options);
  try {
    refuseNewer(versionOf(db));
  } catch (error) {
    db.close();
    throw error;
  }
  return db as unknown as ReadDb;
}

const leavesNoRoomForLog = (code: string): boolean =>
  NOT_WRITABLE_CODES.has(baseCode(code)) || FULL_CODES.has(code);

const hasLog = (dataDir: string): boolean =>
  (statSync(`${cataloguePath(dataDir)}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;

const VERSION_BYTES = [18, 19]; // of the file format: 2 = with a write-ahead log, 1 = without
const WITHOUT_LOG = 1;

/** SQLite reads a log-mode file only where it may create the log's index beside it. In a read-only or full folder
 *  whose log is folded in, the file alone is the whole catalogue, so it is read from memory. */
function standaloneCopy(file: string): Buffer {
  const bytes = readFileSync(file);
  for (const at of VERSION_BYTES) bytes[at] = WITHOUT_LOG;
  return bytes;
}

const CORRUPT_CODES = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);
const NOT_WRITABLE_CODES = new Set([
  'SQLITE_READONLY',
  'SQLITE_PERM',
  'SQLITE_CANTOPEN',
  'EACCES',
  'EROFS',
  'EPERM',
]);
const FULL_CODES = new Set(['SQLITE_FULL', 'SQLITE_IOERR_WRITE', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT']);

/** Runs `work` and words what SQLite and the file system can refuse; other errors pass unchanged. */
export function guarded<T>(dataDir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storageError(dataDir, error);
  }
}

/** The stated answer to a storage failure, naming the folder; anything unknown is returned as it is. */
export function storageError(dataDir: string, error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  if (CORRUPT_CODES.has(baseCode(code))) {
    return new AppError(
      'corrupt',
      `the catalogue ${cataloguePath(dataDir)} is damaged; run "tidemark doctor"`,
      {
        cause: error,
      },
    );
  }
  if (FULL_CODES.has(code)) {
    return new AppError('disk-full', `no room left to write in ${dataDir}; nothing committed was lost`, {
      cause: error,
    });
  }
  if (NOT_WRITABLE_CODES.has(baseCode(code))) {
    return new AppError('not-writable', `the data folder ${dataDir} cannot be written`, { cause: error });
  }
  return error;
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** `SQLITE_CORRUPT_VTAB` → `SQLITE_CORRUPT`; system codes stay. */
const baseCode = (code: string): string => /^SQLITE_[A-Z]+/.exec(code)?.[0] ?? code;
