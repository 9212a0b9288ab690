import { type ColumnValues, ELEMENT_BYTES, bytesOf, viewOf } from '../../../format/elements.ts';
import { bitmapBytes } from '../../../format/segment-layout.ts';
import type { SegmentFileWriter } from '../segment-file-writer.ts';
import type { MergedColumn } from './column-parts.ts';
import type { Breathe } from './merge-source.ts';
import { type Stretch, gather, gatherIds, stretchesOf } from './gather.ts';

const STRETCH_ROWS = 1 << 17; // of the widest column: 2 MB in, 2 MB out

export interface MergedRows {
  picks: Uint16Array;
  sources: number;
  /** Rows of the merged file. */
  rows: number;
  breathe: Breathe;
}

/** Told of the values of a column as they are written, in order. */
type OnValues = (column: MergedColumn, values: ColumnValues) => void;

/** Writes the columns one after the other, each stretch by stretch, so that memory does not grow with the file. */
export async function writeMerged(
  writer: SegmentFileWriter,
  columns: readonly MergedColumn[],
  merged: MergedRows,
  onValues: OnValues,
): Promise<void> {
  for (const column of columns) {
    writer.beginColumn();
    if (column.shape.missing > 0) writer.writeValidity(await validityOf(column, merged));
    for (const stretch of stretchesOf(merged.picks, merged.sources, STRETCH_ROWS)) {
      const values = valuesOf(column, merged, stretch);
      onValues(column, values);
      writer.writeValues(bytesOf(values));
      await merged.breathe();
    }
  }
}

async function validityOf(column: MergedColumn, merged: MergedRows): Promise<Uint8Array> {
  const bitmap = new Uint8Array(bitmapBytes(merged.rows));
  let row = 0;
  for (const stretch of stretchesOf(merged.picks, merged.sources, STRETCH_ROWS)) {
    for (const value of numbersOf(column, merged, stretch)) {
      if (!Number.isNaN(value)) bitmap[row >> 3] = (bitmap[row >> 3] ?? 0) | (1 << (row & 7));
      row++;
    }
    await merged.breathe();
  }
  return bitmap;
}

function valuesOf(column: MergedColumn, merged: MergedRows, stretch: Stretch): ColumnValues {
  const { kind, element } = column.shape;
  const out = viewOf(element, new ArrayBuffer(stretch.taken * ELEMENT_BYTES[element]), 0, stretch.taken);
  if (kind === 'id16') gatherIds(merged.picks, stretch, partsOf(column, stretch).map(wordsOf), wordsOf(out));
  else if (kind === 'number') out.set(numbersOf(column, merged, stretch).map(zeroIfMissing));
  else gather(merged.picks, stretch, partsOf(column, stretch), out);
  return out;
}

function numbersOf(column: MergedColumn, { picks }: MergedRows, stretch: Stretch): Float64Array {
  const numbers = new Float64Array(stretch.taken);
  gather(picks, stretch, partsOf(column, stretch), numbers);
  return numbers;
}

const zeroIfMissing = (value: number): number => (Number.isNaN(value) ? 0 : value);

const wordsOf = ({ buffer, byteOffset, byteLength }: ColumnValues): Int32Array =>
  new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);

const NONE = new Uint8Array(0);

const partsOf = (column: MergedColumn, { starts, ends }: Stretch): ColumnValues[] =>
  Array.from(starts, (start, source) => {
    const end = ends[source] ?? start;
    return end === start ? NONE : column.part(source, start, end);
  });
