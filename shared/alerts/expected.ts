import { sizeOf, isComplete, type WatchedSeries } from './series.ts';

export interface ExpectedRange {
  low: number;
  high: number;
  /** The middle: what was usual. */
  usual: number;
}

const BASELINE_MS = 28 * 86_400_000;
const LAST_DAY_MS = 86_400_000; // left out: a change must not become its own baseline
const LEAST_BUCKETS = 3;
const CORRELATION = 0.01; // between trials of one hour
const Z_99 = 2.576;

/**
 * What the same hours, or the same weekdays, of the 28 days before lead to expect of a bucket, the last day left out;
 * null while there is too little past. Rates: k of n pooled, binomial variance inflated by correlation within a bucket
 * (Kish 1965, design effect 1 + (n − 1)ρ), and never less than what the buckets themselves showed. Other numbers: mean
 * and deviation of the buckets.
 */
export function expectedRange(series: WatchedSeries, index: number): ExpectedRange | null {
  const past = pastBuckets(series, index);
  if (past.length < LEAST_BUCKETS) return null;
  return series.numerators !== null && series.denominators !== null
    ? rateRange(series, past, index)
    : valueRange(past.map((each) => series.values[each] as number));
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Hours beside the same hour of other days; days of a count beside the same weekday; days of a rate beside all. */
function pastBuckets(series: WatchedSeries, index: number): number[] {
  const startMs = series.startMs[index] as number;
  const isHour = (series.endMs[index] as number) - startMs <= HOUR_MS;
  const cycleMs = isHour ? DAY_MS : series.denominators === null ? 7 * DAY_MS : DAY_MS;
  const past: number[] = [];
  for (let each = index - 1; each >= 0; each -= 1) {
    const ageMs = startMs - (series.startMs[each] as number);
    if (ageMs > BASELINE_MS + HOUR_MS) break;
    const offMs = ageMs % cycleMs;
    const isSame = Math.min(offMs, cycleMs - offMs) <= HOUR_MS; // clocks may have changed meanwhile
    if (isSame && ageMs > LAST_DAY_MS + HOUR_MS && isComplete(series, each)) past.push(each);
  }
  return past;
}

/** Trials of one hour resemble each other, those of different hours do not: what a bucket's variance is multiplied by. */
export const inflationOf = (trials: number, hours: number): number =>
  1 + Math.max(0, trials / hours - 1) * CORRELATION;

function rateRange(series: WatchedSeries, past: readonly number[], index: number): ExpectedRange | null {
  const n = sizeOf(series, index);
  const bucketHours = ((series.endMs[index] as number) - (series.startMs[index] as number)) / HOUR_MS;
  let k = 0;
  let trials = 0;
  for (const each of past) {
    k += series.numerators?.[each] ?? 0;
    trials += series.denominators?.[each] ?? 0;
  }
  if (trials === 0 || n <= 0) return null;
  const usual = k / trials;
  const smoothed = (k + 0.5) / (trials + 1); // a rate of exactly 0 or 1 leaves no room at all
  const sampled = (smoothed * (1 - smoothed) * inflationOf(n, bucketHours)) / n;
  const spread = Z_99 * Math.sqrt(sampled);
  return { low: Math.max(0, usual - spread), high: Math.min(1, usual + spread), usual };
}

function valueRange(values: readonly number[]): ExpectedRange {
  const usual = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - usual) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, values.length - 1));
  const areCounts = values.every((value) => Number.isInteger(value) && value >= 0);
  const least = areCounts ? Math.sqrt(usual) : 0; // counts are no calmer than chance
  const spread = Z_99 * Math.max(deviation, least);
  const floor = values.every((value) => value >= 0) ? 0 : -Infinity; // what was never negative is not expected to be
  return { low: Math.max(floor, usual - spread), high: usual + spread, usual };
}
