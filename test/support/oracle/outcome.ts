import { divide, wilson } from './exact.ts';
import { type Question, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import type { Interval } from './types.ts';
import { type Bucket, addDays, dateOf, startOfDate, startOfHourBefore } from './zone.ts';
import type { BreakdownValue, Naming } from './breakdown.ts';

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
  /** The whole range. */
  range: Bucket;
}

/** Events that a series reads, with the properties that say nothing about them: breakdowns by those do not split them. */
export interface Part {
  rows: readonly Row[];
  ignores: Ignores;
}
export type Ignores = (property: string) => boolean;
export const IGNORES_NOTHING: Ignores = () => false;

/** A line of a trend: the events of one breakdown value, of several, or all. */
export interface Line {
  has: (row: Row, ignores: Ignores) => boolean;
  /** The same for two events as one, which takes the properties of `fromSecond` from the second. */
  hasPair: (first: Row, second: Row, fromSecond: Ignores, ignores: Ignores) => boolean;
}

export interface Counted {
  measure: (line: Line, slot: Slot) => Outcome;
  /** Breakdown values that occur in the range, each at least once. */
  values: (naming: Naming, range: Bucket) => BreakdownValue[];
  /** Throws where the question has no honest answer. */
  check?: (naming: Naming | null, range: Bucket) => void;
  /** How large a line is over the whole range. */
  units: (line: Line, slot: Slot) => number;
}

/** Values of the events of parts that the whole breakdown applies to. */
export const valuesOf =
  (...parts: readonly Part[]): Counted['values'] =>
  (naming, range) =>
    parts
      .filter(({ ignores }) => !naming.properties.some(ignores))
      .flatMap(({ rows }) => rows.filter((row) => inSpan(row, range)).map(naming.of));

export const partOf = (rows: readonly Row[], ignores: Ignores = IGNORES_NOTHING): Part => ({ rows, ignores });

export const onLine = ({ rows, ignores }: Part, line: Line): Row[] =>
  rows.filter((row) => line.has(row, ignores));

export const pick = (part: Part, line: Line, { inside }: Slot): Row[] =>
  onLine(part, line).filter((row) => inSpan(row, inside));

/**
 * Events of the last `days` days up to a day, or of the last 24 · `days` calendar hours up to an hour, also from before
 * the range; as a total those of the days up to the last day of the range. Of a longer bucket: `longer` decides between
 * its own events and those up to its last day.
 */
export function trailing(
  rows: readonly Row[],
  days: number,
  slot: Slot,
  { question, longer }: { question: Question; longer: 'own' | 'last day' },
): Row[] {
  const { zone } = question.calendar;
  const { interval, calendarBucket, inside } = slot;
  const { endMs } = inside;
  const daysUpTo = (lastMs: number) => startOfDate(addDays(dateOf(lastMs, zone), 1 - days), zone);
  const startMs =
    interval === 'hour'
      ? startOfHourBefore(calendarBucket.startMs, days * 24 - 1, zone)
      : (interval === 'week' || interval === 'month') && longer === 'own'
        ? inside.startMs
        : daysUpTo(endMs - 1);
  return rows.filter((row) => inSpan(row, { startMs, endMs }));
}

/** Users of the 7 or 30 days. */
export function trailingUsers(part: Part, days: number, question: Question): Counted {
  const users: Counted['units'] = (line, slot) =>
    usersOf(trailing(onLine(part, line), days, slot, { question, longer: 'own' })).size;
  return { values: valuesOf(part), units: users, measure: (line, slot) => ({ value: users(line, slot) }) };
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
