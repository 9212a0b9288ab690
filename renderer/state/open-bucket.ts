/** The first bucket that ends after the watermark. The last one has no successor to end it: it is taken to be as long as
 *  the one before. null when all are complete, or nothing is known. */
export function firstOpenBucket(buckets: readonly string[], completeTo: string | null): number | null {
  if (completeTo === null) return null;
  const completeMs = Date.parse(completeTo);
  const index = bucketEndsMs(buckets).findIndex((end) => end > completeMs);
  return index < 0 ? null : index;
}

/** When each bucket ends, as far as the starts tell. */
export function bucketEndsMs(buckets: readonly string[]): number[] {
  const starts = buckets.map((bucket) => Date.parse(bucket));
  const last = starts.at(-1);
  if (last === undefined) return [];
  const before = starts.at(-2);
  return [...starts.slice(1), last + (before === undefined ? DAY_MS : last - before)];
}

const DAY_MS = 86_400_000;
