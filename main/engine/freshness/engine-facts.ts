import type { ReadDb, WriteDb } from '../../catalogue/open-db.ts';

/** A single fact of the engine, kept as JSON under its name; undefined: none is kept. */
export function readFact(db: Pick<ReadDb, 'prepare'>, name: string): unknown {
  const row = db
    .prepare<[string], { value: string }>('SELECT value FROM engine_facts WHERE name = ?')
    .get(name);
  return row === undefined ? undefined : (JSON.parse(row.value) as unknown);
}

export function writeFact(db: WriteDb, name: string, value: unknown): void {
  db.prepare<[string, string]>(
    `INSERT INTO engine_facts (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value
     WHERE value <> excluded.value`,
  ).run(name, JSON.stringify(value));
}
