import type { Interval, WeekStart } from './question.ts';

/** Instants are whole milliseconds since 1970 inside a question, whatever the tables hold. */

export interface Calendar {
  zone: string;
  weekStart: WeekStart;
}

export type ColumnType = 'text' | 'number' | 'boolean' | 'instant';

/**
 * What the databases say differently; everything else of a question is the same text for all of them. Arguments are
 * SQL, unless they are named as values.
 */
export interface Dialect {
  columnTypes: Readonly<Record<ColumnType, string>>;
  /** What stands behind the columns of a new table. */
  tableOptions: string;
  emptyTable: (table: string) => string;
  /** Statements that make a temporary table, whether or not there was one. */
  stage: (name: string, select: string) => readonly string[];
  text: (value: string) => string;
  instant: (valueMs: number) => string;
  /** Of a column of instants. */
  instantMs: (column: string) => string;
  /** Start of the calendar bucket that holds an instant. */
  bucketStartMs: (ms: string, interval: Interval, calendar: Calendar) => string;
  /** First instant of a date of the zone, whether or not it is a midnight. */
  dateStartMs: (dateValue: string, zone: string) => string;
  /** As JavaScript writes it. */
  numberText: (number: string) => string;
  /** "true" or "false". */
  booleanText: (boolean: string) => string;
  /** Whatever the case. */
  contains: (text: string, partValue: string) => string;
  matches: (text: string, patternValue: string) => string;
  /** Of whole numbers that are not negative, without remainder. */
  quotient: (dividend: string, divisor: string) => string;
  /** A table of whole numbers. */
  values: (columns: readonly string[], rows: readonly (readonly number[])[]) => string;
  /** A table with the column `number`, from 0 on. */
  counting: (count: number) => string;
  quantiles: (of: QuantilesOf) => string;
}

/** Exact quantiles, linear between the two nearest (type 7), as columns `q0`, `q1` … beside the keys. */
export interface QuantilesOf {
  /** A table with the keys and the column `number`. */
  from: string;
  keys: readonly string[];
  qs: readonly number[];
}

export const quoted = (value: string): string => `'${value.replaceAll("'", "''")}'`;
