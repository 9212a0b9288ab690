import { existsSync } from 'node:fs';
import path from 'node:path';
import SqliteDatabase, { type Database, type Statement } from 'better-sqlite3';
import { AppError } from '../../../shared/errors.ts';
import { versionOf } from '../migrate.ts';
import { storageError } from '../open-db.ts';
import { migrateNotes, refuseNewerNotes } from './migrate-notes.ts';

declare const readsNotes: unique symbol;
declare const writesNotes: unique symbol;

export type NotesReadDb = Pick<Database, 'prepare' | 'close'> & { readonly [readsNotes]: true };
/** The one connection that writes annotations; only the engine holds it. */
export type NotesWriteDb = Pick<Database, 'prepare' | 'transaction' | 'close' | 'pragma'> & {
  readonly [writesNotes]: true;
};

const BUSY_TIMEOUT_MS = 5000; // longer than any transaction of the writer

export const notesPath = (dataDir: string): string => path.join(dataDir, 'notes.sqlite');

/** Creates or opens the annotations of a data folder for writing. The caller holds the folder's writer lock. */
export function openNotesWriteDb(dataDir: string): NotesWriteDb {
  return guardedNotes(dataDir, () =>
    prepareNotesDb(new SqliteDatabase(notesPath(dataDir), { timeout: BUSY_TIMEOUT_MS })),
  );
}

/** Settings and schema, on any connection; closes it where they fail. */
export function prepareNotesDb(db: Database): NotesWriteDb {
  try {
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('secure_delete = ON');
    migrateNotes(db);
  } catch (error) {
    db.close();
    throw error;
  }
  return withPreparedOnce(db);
}

/** Each statement is prepared at its first use and kept. */
function withPreparedOnce(db: Database): NotesWriteDb {
  const statements = new Map<string, Statement>();
  const prepare = (source: string): Statement => {
    const known = statements.get(source);
    if (known !== undefined) return known;
    const statement = db.prepare(source);
    statements.set(source, statement);
    return statement;
  };
  return {
    prepare,
    transaction: db.transaction.bind(db),
    pragma: db.pragma.bind(db),
    close: () => db.close(),
  } as unknown as NotesWriteDb;
}

/** Opens existing annotations for reading; null where nobody has written any. */
export function openNotesReadDb(dataDir: string): NotesReadDb | null {
  const file = notesPath(dataDir);
  if (!existsSync(file)) return null;
  return guardedNotes(dataDir, () => {
    const db = new SqliteDatabase(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
    try {
      refuseNewerNotes(versionOf(db));
    } catch (error) {
      db.close();
      throw error;
    }
    return db as unknown as NotesReadDb;
  });
}

/** Words what SQLite and the file system can refuse. */
export function guardedNotes<T>(dataDir: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const error = storageError(dataDir, cause);
    if (!(error instanceof AppError) || error.code !== 'corrupt') throw error;
    throw new AppError(
      'corrupt',
      `the annotations ${notesPath(dataDir)} are damaged; restore the file from a backup, or move it aside: ` +
        'what was sent comes back from the sources',
      { cause },
    );
  }
}
