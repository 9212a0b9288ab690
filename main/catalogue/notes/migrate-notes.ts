import type { Database } from 'better-sqlite3';
import { AppError } from '../../../shared/errors.ts';
import { versionOf } from '../migrate.ts';
import { createNotes } from './migrations/0001-create-notes.ts';

/** In order; never edited once shipped. notes.sqlite counts its own, apart from the catalogue. */
const NOTES_MIGRATIONS: readonly string[] = [createNotes];

export function migrateNotes(db: Database): void {
  const version = versionOf(db);
  refuseNewerNotes(version);
  NOTES_MIGRATIONS.slice(version).forEach((statements, index) => {
    db.transaction(() => {
      db.exec(statements);
      db.pragma(`user_version = ${version + index + 1}`);
    })();
  });
}

export function refuseNewerNotes(version: number): void {
  if (version <= NOTES_MIGRATIONS.length) return;
  throw new AppError(
    'protocol-mismatch',
    `the annotations were written by a newer version (notes ${version}, known up to ${NOTES_MIGRATIONS.length})`,
  );
}
