import type { ReadBytes } from '../../../format/describe-segment.ts';
import { blocksOf, readStored } from '../../../format/read-blocks.ts';
import type { SegmentRow, StoredColumn } from '../../../format/types.ts';
import { createSegmentReader } from '../segment-reader.ts';

/** Lets other work in between two pieces of a merge; throws where the merge is to stop. */
export type Breathe = () => Promise<void>;

/** A segment of which some rows, or all, go into one merged file. */
export interface MergeSource {
  segment: SegmentRow;
  read: ReadBytes;
  /** By row: 1 goes into the file, 0 does not. null: all do. */
  taken: Uint8Array | null;
}

/** The rows of a segment that are of the given event types (codes of the environment's dictionary). */
export function openSource(
  dataDir: string,
  segment: SegmentRow,
  eventCodes: ReadonlySet<number>,
): MergeSource {
  const read = createSegmentReader(dataDir, segment.file, segment.sizeBytes);
  const event = columnOf(segment, 'event');
  if (event === undefined) return { segment, read, taken: null };
  const taken = new Uint8Array(segment.rows);
  for (const { from, to } of blocksOf(segment.rows)) {
    const codes = readStored(read, event, from, to);
    for (let i = 0; i < codes.length; i++) taken[from + i] = eventCodes.has(codes[i] ?? 0) ? 1 : 0;
  }
  return { segment, read, taken };
}

export const columnOf = ({ columns }: SegmentRow, name: string): StoredColumn | undefined =>
  columns.find((column) => column.name === name);
