import type { WriteDb } from '../../catalogue/open-db.ts';
import { Taxonomy } from '../../../shared/domain/taxonomy.ts';

/** Every state that some version of an environment's taxonomy knows; null while it has no taxonomy. */
export function knownStates(db: WriteDb, environment: string): ReadonlySet<string> | null {
  const rows = db
    .prepare<[string], { row: string }>(
      `SELECT row FROM dimension_rows WHERE environment = ? AND dataset = 'taxonomy'`,
    )
    .all(environment);
  if (rows.length === 0) return null;
  return new Set(rows.flatMap(({ row }) => Taxonomy.parse(JSON.parse(row)).states.map(({ id }) => id)));
}
