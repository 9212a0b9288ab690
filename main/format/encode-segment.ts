import { crc32 } from 'node:zlib';
import type { ColumnShape, SegmentShape } from './arrow-schema.ts';
import { columnChecksum } from './column-checksum.ts';
import { type ColumnValues, bytesOf } from './elements.ts';
import { bodyEndOf, layoutOf } from './segment-layout.ts';
import type { StoredColumn } from './types.ts';

export interface SegmentColumnInput extends Omit<ColumnShape, 'missing'> {
  /** Exactly one element per row (16 bytes per row for `id16`). */
  values: ColumnValues;
  /** Arrow bitmap, least significant bit first, 1 = present; absent: every row is present. */
  validity?: Uint8Array;
}

export interface SegmentInput extends Omit<SegmentShape, 'columns'> {
  columns: readonly SegmentColumnInput[];
}

export interface EncodedSegment {
  /** The whole file. */
  bytes: Uint8Array;
  crc32: number;
  columns: StoredColumn[];
}

/** One record batch of plain columns as an Arrow IPC file, with every buffer's place in it. */
export function encodeSegment(input: SegmentInput): EncodedSegment {
  const shapes = input.columns.map((column) => ({ ...column, missing: missingIn(column, input.rows) }));
  const layout = layoutOf({ ...input, columns: shapes });
  const checksums = input.columns.map(({ values, validity }, index) =>
    columnChecksum(bytesOf(values), (shapes[index]?.missing ?? 0) === 0 ? null : (validity ?? null)),
  );
  const foot = layout.foot(checksums);
  const bodyEnd = bodyEndOf(layout);
  const bytes = new Uint8Array(bodyEnd + foot.length);
  bytes.set(layout.head);
  layout.columns.forEach(({ offset, validityOffset }, index) => {
    const { values, validity } = input.columns[index] ?? {};
    if (values !== undefined) bytes.set(bytesOf(values), offset);
    if (validityOffset !== undefined && validity !== undefined) bytes.set(validity, validityOffset);
  });
  bytes.set(foot, bodyEnd);
  const columns = layout.columns.map((column, index) => ({ ...column, crc32: checksums[index] ?? 0 }));
  return { bytes, crc32: crc32(bytes), columns };
}

function missingIn({ validity }: SegmentColumnInput, rows: number): number {
  if (validity === undefined) return 0;
  let present = 0;
  for (let row = 0; row < rows; row++) present += ((validity[row >> 3] ?? 0) >> (row & 7)) & 1;
  return rows - present;
}
