import { type StoredRow, storedRows } from './stored-rows.ts';

/**
 * Every event of a workspace by what it means, not by how it lies: a value stored as a text beside its number is the
 * number, and a boolean is its text, because beside texts a column keeps no booleans.
 */
export const plainRows = (dataDir: string): StoredRow[] =>
  storedRows(dataDir)
    .map(plainRow)
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

function plainRow(row: StoredRow): StoredRow {
  const values = new Map(Object.entries(row).filter(([name]) => !name.startsWith('n.')));
  for (const [name, value] of Object.entries(row)) {
    if (name.startsWith('n.')) values.set(`p.${name.slice(2)}`, value);
    else if (typeof value === 'boolean') values.set(name, String(value));
  }
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1))) as StoredRow;
}
