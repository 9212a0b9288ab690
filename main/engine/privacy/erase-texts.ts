import type { EngineStore } from '../store/engine-store.ts';
import type { UserNames } from './user-names.ts';

/** Tables that are looked after one by one, or hold no text that somebody wrote or a row could bring. */
const LEFT_OUT = new Set([
  'workspace',
  'segments',
  'dictionaries',
  'properties',
  'quarantine',
  'dimension_rows',
  'cohorts',
  'deletions',
  'refused_users',
  'deletion_key',
  'erasures',
]);
/** Settings have been looked after in a way that leaves them readable (erase-settings.ts). */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  sources: ['kind', 'environment', 'dataset', 'name', 'config', 'checkpoint'],
  alert_rules: ['definition'],
  alert_settings: ['settings'],
  alert_outbox: ['definition'],
};

interface Table {
  name: string;
  withoutRowId: number;
}

interface Change {
  text: string;
  row: Record<string, unknown>;
}

/** Ids in every other text of the catalogue, whatever table a later version adds. Returns how many texts changed. */
export function eraseTexts(store: EngineStore, names: UserNames): number {
  const tables = store.db
    .prepare<[], Table>(
      `SELECT name, wr AS withoutRowId FROM pragma_table_list
       WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name`,
    )
    .all()
    .filter(({ name }) => !LEFT_OUT.has(name));
  const changed = tables.reduce((sum, table) => sum + eraseTable(store, table, names), 0);
  return changed + forgetCheckpoints(store, names);
}

function eraseTable({ db, refusals }: EngineStore, { name, withoutRowId }: Table, names: UserNames): number {
  const columns = db
    .prepare<[string], { name: string; type: string; key: number }>(
      'SELECT name, type, pk AS key FROM pragma_table_info(?)',
    )
    .all(name);
  const texts = columns.filter((column) => column.type === 'TEXT' && isLookedAt(name, column.name));
  const keys =
    withoutRowId === 1 ? columns.filter(({ key }) => key > 0).map((column) => column.name) : ['rowid'];
  let changed = 0;
  for (const { name: column } of texts) {
    const rows = changesIn(db, { name, column, keys }, names);
    const where = keys.map((key) => `${quoted(key)} = @${parameter(key)}`).join(' AND ');
    const update = db.prepare<[Record<string, unknown>]>(
      `UPDATE ${quoted(name)} SET ${quoted(column)} = @text WHERE ${where}`,
    );
    const isObjectKey = name === 'ledger' && column === 'key';
    for (const { text, row } of rows)
      update.run({ ...row, text: isObjectKey ? refusals.ledgerKey(text) : names.replacedIn(text) });
    changed += rows.length;
  }
  return changed;
}

function changesIn(
  db: EngineStore['db'],
  { name, column, keys }: { name: string; column: string; keys: readonly string[] },
  names: UserNames,
): Change[] {
  const selected = keys.map((key) => `${quoted(key)} AS ${parameter(key)}`).join(', ');
  const statement = db.prepare<[], Record<string, unknown>>(
    `SELECT ${quoted(column)} AS foundText, ${selected} FROM ${quoted(name)} WHERE ${quoted(column)} IS NOT NULL`,
  );
  const changes: Change[] = [];
  for (const { foundText, ...row } of statement.iterate())
    if (typeof foundText === 'string' && names.isNamedIn(foundText)) changes.push({ text: foundText, row });
  return changes;
}

const isLookedAt = (table: string, column: string): boolean => SETTINGS[table]?.includes(column) !== true;

/** Names come from the schema itself. */
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const parameter = (name: string): string => `key_${name.replaceAll(/\W/g, '_')}`;

/** A listing that may begin behind the key of an object begins at the start instead. */
function forgetCheckpoints({ db }: EngineStore, names: UserNames): number {
  const sources = db
    .prepare<[], { sourceId: number; checkpoint: string }>(
      'SELECT source_id AS sourceId, checkpoint FROM sources WHERE checkpoint IS NOT NULL',
    )
    .all()
    .filter(({ checkpoint }) => names.isNamedIn(checkpoint));
  const forget = db.prepare<[number]>('UPDATE sources SET checkpoint = NULL WHERE source_id = ?');
  for (const { sourceId } of sources) forget.run(sourceId);
  return sources.length;
}
