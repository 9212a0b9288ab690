import type { SegmentRow } from '../../format/types.ts';

/** A share of the users: `index` of `of`. Users are cut by shard, which lie apart in every segment. */
export interface Part {
  index: number;
  of: number;
}

export const WHOLE: Part = { index: 0, of: 1 };

/** Fills `rows` with a segment's rows of the part's shards; returns how many. */
export function rowsOfPart(
  { shardStarts, rows: all }: SegmentRow,
  { index, of }: Part,
  rows: Int32Array,
): number {
  const shards = shardStarts.length - 1;
  const from = shardStarts[Math.floor((index * shards) / of)] ?? 0;
  const to = shardStarts[Math.floor(((index + 1) * shards) / of)] ?? all;
  for (let i = from; i < to; i++) rows[i - from] = i;
  return to - from;
}
