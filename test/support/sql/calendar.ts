import { type SqlDatabase, type Stage, numberIn, numberOrNull } from './database.ts';
import type { Span } from './asking.ts';
import type { Calendar } from './dialect.ts';
import type { Interval, Question } from './question.ts';

/** Ranges and buckets, as the database's own calendar has them. */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const isDate = (side: string): boolean => !side.includes('T');
const dayAfter = (date: string): string => new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);

/** An open side ends at the first or last event of the environment. */
export async function rangeOf(
  { range: { from, to }, zone, environment }: Question,
  { dialect, dataset, select }: SqlDatabase,
): Promise<Span> {
  const instant = dialect.instantMs('ts');
  const sideSql = (side: string, date: string) =>
    isDate(side) ? dialect.dateStartMs(date, zone) : String(Date.parse(side));
  const startSql = from === null ? `MIN(${instant})` : sideSql(from, from);
  const endSql = to === null ? `MAX(${instant}) + 1` : sideSql(to, dayAfter(to));
  const [row] = await select(
    `SELECT ${startSql} AS start_ms, ${endSql} AS end_ms, COUNT(*) AS events FROM ${dataset.eventsTable}
    WHERE environment = ${dialect.text(environment)}`,
  );
  const [startMs, endMs] = [numberOrNull(row, 'start_ms'), numberOrNull(row, 'end_ms')];
  const hasNoEvents = numberIn(row, 'events') === 0;
  if ((from === null || to === null) && hasNoEvents) return { startMs: 0, endMs: 0 };
  if (startMs === null || endMs === null || startMs >= endMs) return { startMs: 0, endMs: 0 };
  return { startMs, endMs };
}

/** Longer than any bucket of the interval, and shorter than any of them. */
const LONGEST_MS: Readonly<Record<Interval, number>> = {
  hour: 2 * HOUR_MS,
  day: 2 * DAY_MS,
  week: 8 * DAY_MS,
  month: 32 * DAY_MS,
};
const STEP_MS: Readonly<Record<Interval, number>> = {
  hour: HOUR_MS / 4,
  day: 6 * HOUR_MS,
  week: DAY_MS,
  month: DAY_MS,
};

export interface Axis {
  buckets: readonly Span[];
  /** Where in `buckets` the range begins and ends, half-open. */
  from: number;
  to: number;
}

/** The buckets that the range touches, with so many more before and after them. */
export async function axisOf(
  database: SqlDatabase,
  { range, interval, calendar, before = 0, after = 0 }: AxisOptions,
): Promise<Axis> {
  if (range.startMs === range.endMs) return { buckets: [], from: 0, to: 0 };
  const firstMs = range.startMs - (before + 1) * LONGEST_MS[interval];
  const lastMs = range.endMs + (after + 2) * LONGEST_MS[interval];
  const stepMs = STEP_MS[interval];
  const { dialect } = database;
  const start = dialect.bucketStartMs(`${firstMs} + number * ${stepMs}`, interval, calendar);
  const rows = await database.select(
    `SELECT DISTINCT ${start} AS start_ms
    FROM (${dialect.counting(Math.ceil((lastMs - firstMs) / stepMs))}) AS steps ORDER BY start_ms`,
  );
  const starts = rows.map((row) => numberIn(row, 'start_ms'));
  const all = starts.slice(0, -1).map((startMs, index) => ({ startMs, endMs: starts[index + 1] ?? startMs }));
  const from = all.findIndex(({ endMs }) => endMs > range.startMs);
  const to = all.findLastIndex(({ startMs }) => startMs < range.endMs) + 1;
  return { buckets: all.slice(from - before, to + after), from: before, to: before + to - from };
}

interface AxisOptions {
  range: Span;
  interval: Interval;
  calendar: Calendar;
  before?: number;
  after?: number;
}

export const insideOf = ({ buckets, from, to }: Axis): readonly Span[] => buckets.slice(from, to);

export const startsOf = (axis: Axis): string[] =>
  insideOf(axis).map(({ startMs }) => new Date(startMs).toISOString());

/** The part of a bucket that lies in the range. */
export const clipped = (bucket: Span, range: Span): Span => ({
  startMs: Math.max(bucket.startMs, range.startMs),
  endMs: Math.min(bucket.endMs, range.endMs),
});

/** `spans`, each with its place. */
export const spansStage = (database: SqlDatabase, spans: readonly Span[]): Stage => ({
  name: 'spans',
  sql: valuesSql(
    database,
    ['place', 'start_ms', 'end_ms'],
    spans.map(({ startMs, endMs }, place) => [place, startMs, endMs]),
  ),
});

/** A table of whole numbers; without any, of -1, which nothing is equal to. */
export const valuesSql = (
  { dialect }: SqlDatabase,
  columns: readonly string[],
  rows: readonly (readonly number[])[],
): string => dialect.values(columns, rows.length === 0 ? [columns.map(() => -1)] : rows);
