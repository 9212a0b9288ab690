import { wilsonInterval } from '../stats/wilson.ts';
import { expectedRange, inflationOf } from './expected.ts';
import { isComplete, type WatchedSeries } from './series.ts';

/** The numbers of a firing: what was seen in [startMs, endMs) and what was expected of it. */
export interface Measured {
  startMs: number;
  endMs: number;
  value: number | null;
  k: number | null;
  n: number | null;
  low: number | null;
  high: number | null;
  expectedLow: number | null;
  expectedHigh: number | null;
  usual: number | null;
  size: number | null;
  sizeLow: number | null;
  sizeHigh: number | null;
}

/** Over how many hours or days it was measured. */
export const bucketsIn = ({
  interval,
  startMs,
  endMs,
}: Pick<Measured, 'startMs' | 'endMs'> & { interval: 'hour' | 'day' }): number =>
  Math.max(1, Math.round((endMs - startMs) / (interval === 'hour' ? HOUR_MS : 24 * HOUR_MS)));

const BASELINE_MS = 28 * 86_400_000;
const LAST_DAY_MS = 86_400_000; // left out: a change must not become its own baseline
const HOUR_MS = 3_600_000;
const Z_99 = 2.576;

/** Buckets `from` to `to`, both included. Rates are pooled, other numbers taken in the mean of the complete buckets. */
export function measure(series: WatchedSeries, from: number, to: number): Measured {
  const span = { startMs: series.startMs[from] as number, endMs: series.endMs[to] as number };
  return series.numerators !== null && series.denominators !== null
    ? { ...span, ...measureRate(series, from, to) }
    : { ...span, ...measureValue(series, from, to) };
}

function measureRate(series: WatchedSeries, from: number, to: number): Omit<Measured, 'startMs' | 'endMs'> {
  const seen = pooled(series, (index) => index >= from && index <= to);
  const sinceMs = series.startMs[from] as number;
  const past = pooled(series, (index) => {
    const ageMs = sinceMs - (series.startMs[index] as number);
    return ageMs > LAST_DAY_MS && ageMs <= BASELINE_MS + LAST_DAY_MS;
  });
  if (seen.n === 0) return { ...NOTHING, k: 0, n: 0 };
  const value = seen.k / seen.n;
  const [low, high] = wilsonInterval(seen.k, seen.n);
  const known = { value, k: seen.k, n: seen.n, low, high };
  if (past.n === 0) return { ...NOTHING, ...known };
  const usual = past.k / past.n;
  const smoothed = (past.k + 0.5) / (past.n + 1); // a rate of exactly 0 or 1 leaves no room at all
  const bucketHours = ((series.endMs[from] as number) - sinceMs) / HOUR_MS;
  const inflation = inflationOf(seen.n / seen.buckets, bucketHours);
  const spread = Z_99 * Math.sqrt((smoothed * (1 - smoothed) * inflation) / seen.n);
  return {
    ...known,
    usual,
    expectedLow: Math.max(0, usual - spread),
    expectedHigh: Math.min(1, usual + spread),
    size: value - usual,
    sizeLow: low - usual, // the usual rests on 28 days: its own error is small beside the bucket's
    sizeHigh: high - usual,
  };
}

/**
 * A change that took several buckets to show may leave each of them within its own range: the mean is held against the
 * range of a mean, whose half widths add up by their squares.
 */
function measureValue(series: WatchedSeries, from: number, to: number): Omit<Measured, 'startMs' | 'endMs'> {
  const seen = series.values.flatMap((value, index) => {
    const range = index < from || index > to ? null : expectedRange(series, index);
    return value === null || range === null || !isComplete(series, index) ? [] : [{ value, index, ...range }];
  });
  if (seen.length === 0)
    return { ...NOTHING, value: series.values[to] ?? null, n: series.denominators?.[to] ?? null };
  const mean = (of: (bucket: (typeof seen)[number]) => number): number =>
    seen.reduce((sum, bucket) => sum + of(bucket), 0) / seen.length;
  const half = Math.sqrt(mean(({ low, high }) => ((high - low) / 2) ** 2) / seen.length);
  const usual = mean((bucket) => bucket.usual);
  const value = mean((bucket) => bucket.value);
  const size = value - usual;
  const floor = seen.every(({ low }) => low >= 0) ? 0 : -Infinity;
  const { denominators } = series;
  return {
    ...NOTHING,
    value,
    n: denominators === null ? null : seen.reduce((sum, { index }) => sum + (denominators[index] ?? 0), 0),
    expectedLow: Math.max(floor, usual - half),
    expectedHigh: usual + half,
    usual,
    size,
    sizeLow: size - half,
    sizeHigh: size + half,
  };
}

const NOTHING = {
  value: null,
  k: null,
  n: null,
  low: null,
  high: null,
  expectedLow: null,
  expectedHigh: null,
  usual: null,
  size: null,
  sizeLow: null,
  sizeHigh: null,
};

function pooled(
  series: WatchedSeries,
  isMeant: (index: number) => boolean,
): { k: number; n: number; buckets: number } {
  const sum = { k: 0, n: 0, buckets: 0 };
  series.startMs.forEach((_, index) => {
    if (!isMeant(index) || !isComplete(series, index)) return;
    sum.k += series.numerators?.[index] ?? 0;
    sum.n += series.denominators?.[index] ?? 0;
    sum.buckets += 1;
  });
  return sum;
}
