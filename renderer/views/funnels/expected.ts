import { expectedRange } from '../../../shared/alerts/expected.ts';
import type { WatchedSeries } from '../../../shared/alerts/series.ts';
import { addDays } from '../../../shared/format/calendar.ts';
import type { FunnelBucket } from './columns.ts';
import { type FunnelAsked, trendQuestion } from './questions.ts';

/** What the 28 days before each bucket lead to expect of its drop-off: the same range that the alerts hold it against. */

const BASELINE_DAYS = 29; // 28, and the day before the bucket, which is left out
const DAY_MS = 86_400_000;

/** The same days with those that the first of them is expected from. */
export const baselineQuestion = (asked: FunnelAsked, fromStep: number, toStep: number) => ({
  ...trendQuestion(asked, fromStep, toStep),
  range: { from: addDays(asked.span.from, -BASELINE_DAYS), to: asked.span.to },
  compare: null,
});

export type ExpectedByDate = ReadonlyMap<string, { low: number; high: number }>;

/** Of losses: buckets of `asLosses` from the baseline on. Buckets with too little past have none. */
export function expectedLosses(losses: readonly FunnelBucket[], bucket: 'day' | 'week'): ExpectedByDate {
  const lengthMs = (bucket === 'day' ? 1 : 7) * DAY_MS;
  const startMs = losses.map(({ date }) => Date.parse(`${date}T00:00:00Z`));
  const series: WatchedSeries = {
    startMs,
    endMs: startMs.map((ms) => ms + lengthMs),
    values: losses.map(({ value }) => value),
    numerators: losses.map(({ entered, converted }) => entered - converted),
    denominators: losses.map(({ entered }) => entered),
    states: losses.map(({ isPartial }) => (isPartial ? 'partial' : 'complete')),
    zone: 'UTC',
    completeTo: null,
    lateSources: [],
  };
  return new Map(
    losses.flatMap(({ date }, index) => {
      const range = expectedRange(series, index);
      return range === null ? [] : [[date, { low: range.low, high: range.high }] as const];
    }),
  );
}

/** Whole buckets beyond what was expected of them. */
export const unexpectedDates = (losses: readonly FunnelBucket[], expected: ExpectedByDate): string[] =>
  losses.flatMap(({ date, value, isPartial }) => {
    const range = expected.get(date);
    return range === undefined || value === null || isPartial || (value >= range.low && value <= range.high)
      ? []
      : [date];
  });
