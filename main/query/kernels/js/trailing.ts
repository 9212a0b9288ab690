import type { DistinctCells } from './id-set.ts';

/**
 * Distinct ids of each bucket and the `width − 1` buckets before it. An id seen in bucket b counts in [b, b + width);
 * what its last sighting already covers is not counted twice. Cost: one step per (id, bucket) pair.
 */
export function trailingDistinct(
  cells: DistinctCells,
  groups: readonly number[],
  buckets: number,
  width: number,
): Float64Array {
  const change = new Float64Array(buckets + 1);
  const coveredUntil = new Int32Array(cells.universe + 1);
  for (let bucket = 0; bucket < buckets; bucket++) {
    for (const set of cells.sets(groups, bucket)) {
      set.forEach((id) => {
        const from = Math.max(bucket, coveredUntil[id] as number);
        const until = bucket + width;
        coveredUntil[id] = until;
        (change[Math.min(from, buckets)] as number)++;
        (change[Math.min(until, buckets)] as number)--;
      });
    }
  }
  const counts = new Float64Array(buckets);
  for (let bucket = 0, active = 0; bucket < buckets; bucket++) {
    active += change[bucket] as number;
    counts[bucket] = active;
  }
  return counts;
}
