import type { SegmentDescription } from '../../../format/describe-segment.ts';

export type NumberedSegment = Pick<SegmentDescription, 'replaces' | 'writtenWith'> & { segmentId: number };

/**
 * Which of the segments that lie on disk had been replaced by others. A replacement counts only where everything that
 * came with it is there, or was replaced in its turn; else the old rows stay, and the next sweep removes what is twice.
 */
export function replacedAmong(segments: readonly NumberedSegment[]): Set<number> {
  const present = new Set(segments.map(({ segmentId }) => segmentId));
  const replaced = new Set<number>();
  const newestFirst = [...segments].sort((a, b) => b.segmentId - a.segmentId);
  for (const { replaces, writtenWith } of newestFirst) {
    const isWhole = writtenWith.every((id) => present.has(id) || replaced.has(id));
    if (isWhole) for (const id of replaces) replaced.add(id);
  }
  return new Set([...replaced].filter((id) => present.has(id)));
}
