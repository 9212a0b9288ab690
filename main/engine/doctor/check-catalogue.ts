import { type ReadDb, cataloguePath } from '../../catalogue/open-db.ts';
import { MIGRATIONS } from '../../catalogue/migrate.ts';
import { type Check, findings } from './check.ts';

/** SQLite's own checks of the file and of its references, and whether this version wrote it. */
export function checkCatalogue(dataDir: string, db: ReadDb): Check[] {
  const file = cataloguePath(dataDir);
  const version = db
    .prepare<[], { version: number }>('SELECT user_version AS version FROM pragma_user_version')
    .get()?.version;
  const faults = [...brokenPages(db), ...brokenReferences(db)].map((fault) => `${file}: ${fault}`);
  if (faults.length > 0) return findings('catalogue', 'fail', faults, '');
  const isOld = version !== undefined && version < MIGRATIONS.length;
  const old = `${file}: its schema is ${version ?? 0}, not ${MIGRATIONS.length}; the next sync brings it up to date`;
  return findings(
    'catalogue',
    'warn',
    isOld ? [old] : [],
    `integrity and references hold, schema ${version ?? 0}`,
  );
}

export const RESTORE =
  'restore it from a backup, or run "tidemark doctor --rebuild": it makes the catalogue anew from the stored files';

function brokenPages(db: ReadDb): string[] {
  const rows = db
    .prepare<[], { fault: string }>('SELECT integrity_check AS fault FROM pragma_integrity_check')
    .all();
  return rows.filter(({ fault }) => fault !== 'ok').map(({ fault }) => `${fault}; ${RESTORE}`);
}

function brokenReferences(db: ReadDb): string[] {
  return db
    .prepare<[], { from: string; to: string; rows: number }>(
      `SELECT "table" AS "from", parent AS "to", count(*) AS rows FROM pragma_foreign_key_check GROUP BY 1, 2`,
    )
    .all()
    .map(
      ({ from, to, rows }) =>
        `${rows === 1 ? `1 row of ${from} refers` : `${rows} rows of ${from} refer`} to missing rows of ${to}; ${RESTORE}`,
    );
}
