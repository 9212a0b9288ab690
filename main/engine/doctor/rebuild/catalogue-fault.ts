import { existsSync } from 'node:fs';
import { type ReadDb, cataloguePath, openReadDb } from '../../../catalogue/open-db.ts';
import { AppError } from '../../../../shared/errors.ts';

/** Why a catalogue has to be rebuilt; null: it is in order. One of a newer version is refused, not called damaged. */
export function catalogueFault(dataDir: string): string | null {
  if (!existsSync(cataloguePath(dataDir))) return 'is missing';
  let db: ReadDb;
  try {
    db = openReadDb(dataDir);
  } catch (error) {
    if (error instanceof AppError && error.code === 'corrupt') return 'cannot be opened';
    throw error;
  }
  try {
    return contentFault(db);
  } catch {
    return 'cannot be read';
  } finally {
    db.close();
  }
}

function contentFault(db: ReadDb): string | null {
  const pages = db.prepare<[], { fault: string }>(
    'SELECT integrity_check AS fault FROM pragma_integrity_check',
  );
  const fault = pages.all().find((row) => row.fault !== 'ok');
  if (fault !== undefined) return `has damaged pages (${fault.fault})`;
  if (db.prepare('SELECT 1 FROM pragma_foreign_key_check').get() !== undefined)
    return 'has rows that refer to missing ones';
  if (db.prepare('SELECT 1 FROM workspace').get() === undefined) return 'holds no workspace';
  db.prepare('SELECT 1 FROM segments').get();
  return null;
}
