import type { SegmentRow } from '../../format/types.ts';

/** First and last event of some segments; null without any. */
export function spanOf(segments: readonly SegmentRow[]): { firstMs: number; lastMs: number } | null {
  if (segments.length === 0) return null;
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const { minTsMs, maxTsMs } of segments) {
    firstMs = Math.min(firstMs, minTsMs);
    lastMs = Math.max(lastMs, maxTsMs);
  }
  return { firstMs, lastMs };
}
