import type { ColumnType, Dialect } from './dialect.ts';

/** Events and users as rows of tables: texts, numbers, booleans, and instants in milliseconds. */

export type Cell = string | number | boolean | null;
export interface Table {
  name: string;
  columns: Readonly<Record<string, ColumnType>>;
  rows: readonly Readonly<Record<string, Cell>>[];
}

export function createSql({ name, columns }: Table, dialect: Dialect): string {
  const list = Object.entries(columns).map(([column, type]) => `${column} ${dialect.columnTypes[type]}`);
  return `CREATE TABLE ${name} (${list.join(', ')}) ${dialect.tableOptions}`;
}

/** Null where there is nothing to insert. */
export function insertSql({ name, columns, rows }: Table, dialect: Dialect): string | null {
  if (rows.length === 0) return null;
  const types = Object.entries(columns);
  const list = rows.map(
    (row) => `(${types.map(([column, type]) => literalSql(row[column] ?? null, type, dialect)).join(', ')})`,
  );
  return `INSERT INTO ${name} (${Object.keys(columns).join(', ')}) VALUES ${list.join(', ')}`;
}

function literalSql(cell: Cell, type: ColumnType, dialect: Dialect): string {
  if (cell === null) return 'NULL';
  if (type === 'instant') return dialect.instant(Number(cell));
  return typeof cell === 'string' ? dialect.text(cell) : String(cell);
}
