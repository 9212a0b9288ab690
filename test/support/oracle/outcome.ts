import { divide, wilson } from './exact.ts';
import { type Question, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import type { Interval } from './types.ts';
import { type Bucket, addDays, dateOf, startOfDate } from './zone.ts';

/** One number of one series in one bucket, or over the whole range. */
export interface Outcome {
  value: number | null;
  numerator?: number | null;
  denominator?: number | null;
  low?: number | null;
  high?: number | null;
  comparable?: number | null;
}

/** What is counted: a calendar bucket as far as the range goes, or (`interval` null) the range itself. */
export interface Slot {
  interval: Interval | null;
  calendarBucket: Bucket;
  inside: Bucket;
}

/** A line of a trend: the events of one breakdown value, or all. */
export interface Line {
  has: (row: Row) => boolean;
  /** The same, were the properties not part of the breakdown. */
  hasApartFrom: (properties: readonly string[]) => (row: Row) => boolean;
}

export interface Counted {
  /** Events whose breakdown values get a line, and whose number is the size of a value. */
  lineRows: Row[];
  measure: (line: Line, slot: Slot) => Outcome;
}

/**
 * Events of the last `days` days up to a day, or of the last 24 · `days` hours up to an hour, also from before the
 * range; in longer buckets those of the bucket; as a total those of the days up to the last day of the range.
 */
export function trailing(
  rows: readonly Row[],
  days: number,
  slot: Slot,
  { calendar: { zone } }: Question,
): Row[] {
  const { interval, calendarBucket, inside } = slot;
  const endMs = inside.endMs;
  const dayEndingWith = (lastMs: number) => startOfDate(addDays(dateOf(lastMs, zone), 1 - days), zone);
  const startMs =
    interval === 'hour'
      ? calendarBucket.endMs - days * 86_400_000
      : interval === 'week' || interval === 'month'
        ? inside.startMs
        : dayEndingWith(interval === 'day' ? calendarBucket.startMs : endMs - 1);
  return rows.filter((row) => inSpan(row, { startMs, endMs }));
}

export const usersOf = (rows: readonly Row[]): Set<string> =>
  new Set(rows.map((row) => row.user).filter((user) => user !== null));

export const ratioOf = (numerator: number, denominator: number): Outcome => ({
  value: divide(numerator, denominator),
  numerator,
  denominator,
});

/** A share of things that each count or do not: with its Wilson interval. */
export function rateOf(numerator: number, denominator: number): Outcome {
  const interval = wilson(numerator, denominator);
  return { ...ratioOf(numerator, denominator), low: interval?.low ?? null, high: interval?.high ?? null };
}
