import type { TimeBin } from '../../../../shared/query/kind-answers.ts';

const MS_PER_SECOND = 1000;

/**
 * Histogram of times: n = ⌈∛samples⌉ bins unless given, each ⌈(max − min) ÷ n⌉ whole seconds wide (at least one), from
 * the minimum on; lower edges are inclusive, the last bin holds the maximum too (DATA §5, funnels (12)).
 */
export function timeBins(timesMs: Float64Array, wanted: number | null): TimeBin[] {
  if (timesMs.length === 0) return [];
  const [minMs, maxMs] = [smallest(timesMs), largest(timesMs)];
  const n = wanted ?? cubeRootUp(timesMs.length);
  const widthMs = Math.max(1, Math.ceil((maxMs - minMs) / MS_PER_SECOND / n)) * MS_PER_SECOND;
  const counts = new Float64Array(n);
  for (const time of timesMs) {
    const bin = Math.min(n - 1, Math.floor((time - minMs) / widthMs));
    counts[bin] = (counts[bin] as number) + 1;
  }
  return Array.from(counts, (count, bin) => ({
    fromSeconds: (minMs + bin * widthMs) / MS_PER_SECOND,
    toSeconds: (minMs + (bin + 1) * widthMs) / MS_PER_SECOND,
    count,
  }));
}

/** ⌈∛n⌉ of a whole number; the rounding of ∛ must not add a bin to a cube. */
export function cubeRootUp(n: number): number {
  const near = Math.round(Math.cbrt(n));
  return near ** 3 >= n ? ((near - 1) ** 3 >= n ? near - 1 : near) : near + 1;
}

const smallest = (values: Float64Array): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const largest = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
