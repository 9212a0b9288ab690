import type { Dialect } from './dialect.ts';
import type { Dataset } from './dataset.ts';

export type SqlValue = string | number | null;
export type SqlRow = Readonly<Record<string, SqlValue>>;

/** A temporary table and what fills it. */
export interface Stage {
  name: string;
  sql: string;
}

/**
 * A database that holds the events, and how questions are put to it: step by step, each step a temporary table that
 * later ones read. As common table expressions the same steps would be computed again wherever they are named.
 */
export interface SqlDatabase {
  dialect: Dialect;
  dataset: Dataset;
  select: (sql: string) => Promise<SqlRow[]>;
  /** One statement, or several with semicolons between them. */
  execute: (sql: string) => Promise<void>;
  close: () => void | Promise<void>;
}

/** A count or an instant; aggregates of no rows are 0. */
export const numberIn = (row: SqlRow | undefined, column: string): number => Number(row?.[column] ?? 0);
export const numberOrNull = (row: SqlRow | undefined, column: string): number | null => {
  const value = row?.[column] ?? null;
  return value === null ? null : Number(value);
};
export const textIn = (row: SqlRow, column: string): string => String(row[column] ?? '');

/** In this order, each instead of the one of that name before. */
export async function stageAll({ dialect, execute }: SqlDatabase, stages: readonly Stage[]): Promise<void> {
  await execute(stages.flatMap(({ name, sql }) => dialect.stage(name, sql)).join(';\n'));
}

/** Numbers by the text of a column, added up. */
export function sumBy(rows: readonly SqlRow[], key: string, column: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const name = textIn(row, key);
    sums.set(name, (sums.get(name) ?? 0) + numberIn(row, column));
  }
  return sums;
}
