import { wilsonInterval } from './wilson.ts';

/** k of n of one bucket; n = 0 says nothing and changes nothing. */
export interface Trials {
  k: number;
  n: number;
}

/** Neighbouring buckets on one level; indexes into what was given, both included. */
export interface Stretch {
  first: number;
  last: number;
  k: number;
  n: number;
  value: number | null;
  /** 95 %, widened by the scatter between buckets. */
  low: number | null;
  high: number | null;
}

export interface ChangePoint {
  /** First bucket of the new level. */
  at: number;
  before: Stretch;
  after: Stretch;
  /** after − before, as ratios, with 95 % interval. */
  difference: number;
  low: number;
  high: number;
}

export interface Levels {
  stretches: Stretch[];
  changes: ChangePoint[];
  /** By how much buckets scatter beyond chance: the factor on the variance, at least 1. */
  scatter: number;
}

export interface LevelsOptions {
  /** Shortest stretch that counts as a level. */
  leastBuckets?: number;
  /** How many series are searched at once: each more makes a chance finding likelier. */
  series?: number;
}

const LEAST_BUCKETS = 3;
const Z_95 = 1.959963984540054;
/** Per change: at most 2 of 100 unchanged series of 90 days show one (test/unit/change-points.test.ts). */
const PENALTY_PER_LN = 2.5;

/**
 * Levels of a rate over time: the partition into stretches that minimises −2 ln L ÷ scatter + 2.5 ln B per change, found
 * exactly by dynamic programming over the B buckets. Binomial likelihood; the scatter comes from differences of
 * neighbouring buckets, which a few changes of level hardly touch. Order B². Sources: Jackson et al. (2005), IEEE Signal
 * Processing Letters 12, 105–108 (optimal partitioning); Zhang and Siegmund (2007), Biometrics 63, 22–32 (a change costs
 * more than the 2 ln B of two parameters).
 */
export function levelsOf(buckets: readonly Trials[], options: LevelsOptions = {}): Levels {
  const { leastBuckets = LEAST_BUCKETS, series = 1 } = options;
  if (buckets.length === 0) return { stretches: [], changes: [], scatter: 1 };
  const scatter = scatterOf(buckets);
  const penalty = PENALTY_PER_LN * Math.log(Math.max(2, buckets.length)) + 2 * Math.log(series);
  const starts = bestStarts(buckets, { leastBuckets, penalty: penalty * scatter });
  const stretches = starts.map((first, index) =>
    stretchOf(buckets, first, (starts[index + 1] ?? buckets.length) - 1, scatter),
  );
  return { stretches, changes: changesBetween(stretches, scatter), scatter };
}

/** First buckets of the stretches of the cheapest partition. */
function bestStarts(
  buckets: readonly Trials[],
  { leastBuckets, penalty }: { leastBuckets: number; penalty: number },
): number[] {
  const sums = runningSums(buckets);
  const cost = (first: number, end: number): number =>
    costOf((sums.k[end] ?? 0) - (sums.k[first] ?? 0), (sums.n[end] ?? 0) - (sums.n[first] ?? 0));
  const best: number[] = [-penalty]; // by how many buckets are covered
  const from: number[] = [0];
  for (let end = 1; end <= buckets.length; end += 1) {
    best[end] = cost(0, end);
    from[end] = 0;
    for (let first = leastBuckets; first <= end - leastBuckets; first += 1) {
      const total = (best[first] ?? Infinity) + penalty + cost(first, end);
      if (total >= (best[end] ?? Infinity) - TIE) continue;
      best[end] = total;
      from[end] = first;
    }
  }
  const starts: number[] = [];
  let end = buckets.length;
  while (end > 0) {
    end = from[end] ?? 0;
    starts.unshift(end);
  }
  return starts;
}

const TIE = 1e-9; // of two equal partitions the one with fewer stretches

function runningSums(buckets: readonly Trials[]): { k: number[]; n: number[] } {
  const sums = { k: [0], n: [0] };
  buckets.forEach((bucket, index) => {
    sums.k.push((sums.k[index] ?? 0) + bucket.k);
    sums.n.push((sums.n[index] ?? 0) + bucket.n);
  });
  return sums;
}

/** −2 ln of the likelihood at its best. */
function costOf(k: number, n: number): number {
  if (n === 0) return 0;
  const part = (count: number): number => (count === 0 ? 0 : count * Math.log(count / n));
  return -2 * (part(k) + part(n - k));
}

/** Mean of the squared differences of neighbours, each over its variance and cut at three deviations, so that a few
 *  changes of level hardly count; 1 where buckets scatter as chance does, and never less. */
function scatterOf(buckets: readonly Trials[]): number {
  const counted = buckets.filter(({ n }) => n > 0);
  const squares = counted.slice(1).flatMap((bucket, index) => {
    const before = counted[index] as Trials;
    const n = bucket.n + before.n;
    const rate = (bucket.k + before.k) / n;
    const variance = rate * (1 - rate) * (1 / bucket.n + 1 / before.n);
    return variance > 0
      ? [Math.min(MOST_SQUARED, (bucket.k / bucket.n - before.k / before.n) ** 2 / variance)]
      : [];
  });
  if (squares.length < LEAST_NEIGHBOURS) return 1;
  return Math.max(1, squares.reduce((sum, square) => sum + square, 0) / squares.length);
}

const MOST_SQUARED = 9;
const LEAST_NEIGHBOURS = 8; // a mean of fewer is chance itself

function stretchOf(buckets: readonly Trials[], first: number, last: number, scatter: number): Stretch {
  let k = 0;
  let n = 0;
  for (let index = first; index <= last; index += 1) {
    k += buckets[index]?.k ?? 0;
    n += buckets[index]?.n ?? 0;
  }
  if (n === 0) return { first, last, k, n, value: null, low: null, high: null };
  const [low, high] = wilsonInterval(k / scatter, n / scatter);
  return { first, last, k, n, value: k / n, low, high };
}

function changesBetween(stretches: readonly Stretch[], scatter: number): ChangePoint[] {
  return stretches.slice(1).flatMap((after, index) => {
    const before = stretches[index] as Stretch;
    if (before.value === null || after.value === null) return [];
    const difference = after.value - before.value;
    const half = Z_95 * Math.sqrt(scatter * (varianceOf(before) + varianceOf(after)));
    return [{ at: after.first, before, after, difference, low: difference - half, high: difference + half }];
  });
}

const varianceOf = ({ k, n }: Stretch): number => (k * (n - k)) / n ** 3;
