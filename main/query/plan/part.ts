import type { SegmentRow } from '../../format/types.ts';

/** A share of the users: `index` of `of`. Users are cut by shard, which lie apart in every segment. */
export interface Part {
  index: number;
  of: number;
}

export const WHOLE: Part = { index: 0, of: 1 };

/** A segment's rows of the part's shards: [from, to). */
export function spanOfPart(
  { shardStarts, rows }: SegmentRow,
  { index, of }: Part,
): { from: number; to: number } {
  const shards = shardStarts.length - 1;
  const from = shardStarts[Math.floor((index * shards) / of)] ?? 0;
  const to = shardStarts[Math.floor(((index + 1) * shards) / of)] ?? rows;
  return { from, to };
}

/** Fills `rows` with a segment's rows of the part's shards; returns how many. */
export function rowsOfPart(segment: SegmentRow, part: Part, rows: Int32Array): number {
  const { from, to } = spanOfPart(segment, part);
  for (let row = from; row < to; row++) rows[row - from] = row;
  return to - from;
}
