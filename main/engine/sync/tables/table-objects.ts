import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ObjectFormat } from '../formats/object-format.ts';
import type { CountedDay, ListedObject } from '../source-reader.ts';
import type { CountedRows } from './table-access.ts';
import {
  dayName,
  labelOfPart,
  partOfKey,
  sliceKey,
  slicePrefix,
  undatedKey,
  wholeKey,
} from './table-keys.ts';

/** What a row takes on its way*: sizes are estimates, but the same rows must always have the same. */
const ROW_BYTES = 256;

export interface TableName {
  label: string;
  format: ObjectFormat;
}

interface Part {
  key: string;
  rows: number;
  version: string;
}

const objectOf = ({ label, format }: TableName, { key, rows, version }: Part): ListedObject => ({
  key,
  label: labelOfPart(label, partOfKey(key) ?? { kind: 'whole' }),
  sizeBytes: rows * ROW_BYTES,
  version,
  format,
  rows,
});

/** Days that are over, oldest first; rows of one whose counts differ are had anew. */
export function dayObjects(table: TableName, counted: readonly CountedRows[]): ListedObject[] {
  const byDay = Map.groupBy(counted.filter(hasDay), ({ day }) => day);
  return [...byDay]
    .sort(([a], [b]) => a - b)
    .map(([day, counts]) => ({
      ...objectOf(table, { key: dayName(day), ...countsOf(counts) }),
      replacesPrefix: slicePrefix(day),
    }));
}

/** What came since `fromMs` in days that are still open. */
export function sliceObjects(
  table: TableName,
  counted: readonly CountedRows[],
  fromMs: number,
): ListedObject[] {
  const byDay = Map.groupBy(counted.filter(hasDay), ({ day }) => day);
  return [...byDay]
    .sort(([a], [b]) => a - b)
    .map(([day, counts]) => {
      const { rows, version } = countsOf(counts);
      const newestMs = newestOf(counts) ?? 0;
      const key = sliceKey(day, fromMs, rows, newestMs);
      return objectOf(table, { key, rows, version });
    });
}

export const undatedObject = (table: TableName, counted: readonly CountedRows[]): ListedObject =>
  objectOf(table, { key: undatedKey, ...countsOf(counted) });

export const wholeObject = (
  table: TableName,
  { rows, checksum }: { rows: number; checksum: string },
): ListedObject => objectOf(table, { key: wholeKey, rows, version: `${rows}:${checksum}` });

export function newestOf(counted: readonly CountedRows[]): number | null {
  const known = counted.map(({ newestMs }) => newestMs).filter((ms) => ms !== null);
  return known.length === 0 ? null : known.reduce((a, b) => Math.max(a, b));
}

/** Types of more kinds than that are told apart by their hash alone*. */
const MOST_TYPES = 200;
/** What rows without a type are counted under. */
const NO_TYPE = '(none)';

/**
 * The version tells the counts by event type apart (DATA §2: any difference re-pulls the day), and holds them, so that
 * the ledger knows what was taken.
 */
function countsOf(counts: readonly CountedRows[]): { rows: number; version: string } {
  const rows = rowsOf(counts);
  const byType = counts.map(({ eventType, rows }) => JSON.stringify([eventType, rows])).sort();
  const hash = createHash('sha256').update(byType.join('\n')).digest('hex').slice(0, 16);
  const held = byType.length > MOST_TYPES ? '' : `:[${byType.join(',')}]`;
  return { rows, version: `${rows}:${hash}${held}` };
}

/** Rows by event type as a version holds them; null: it does not. */
export function typesIn(version: string): Map<string, number> | null {
  const start = version.indexOf('[');
  if (start === -1) return null;
  const counts = z
    .array(z.tuple([z.string().nullable(), z.number()]))
    .parse(JSON.parse(version.slice(start)));
  return new Map(counts.map(([eventType, rows]) => [eventType ?? NO_TYPE, rows]));
}

/** Rows by event type of each day and of those without a time, by their keys. */
export const typesByDay = (counted: readonly CountedRows[]): CountedDay[] =>
  [...Map.groupBy(counted, ({ day }) => day)].map(([day, counts]) => ({
    key: day === null ? undatedKey : dayName(day),
    types: new Map(counts.map(({ eventType, rows }) => [eventType ?? NO_TYPE, rows])),
  }));

export const rowsOf = (counts: readonly CountedRows[]): number =>
  counts.reduce((sum, { rows }) => sum + rows, 0);

const hasDay = (one: CountedRows): one is CountedRows & { day: number } => one.day !== null;
