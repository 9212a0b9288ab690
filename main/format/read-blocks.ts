import type { ReadBytes } from './describe-segment.ts';
import { type ColumnValues, ELEMENT_BYTES, viewOf } from './elements.ts';
import type { StoredColumn } from './types.ts';

export const BLOCK_ROWS = 1 << 16;

/** Values of rows [from, to) of a column, as they are stored. */
export function readStored(read: ReadBytes, column: StoredColumn, from: number, to: number): ColumnValues {
  const width = ELEMENT_BYTES[column.element];
  const bytes = read(column.offset + from * width, (to - from) * width);
  return viewOf(column.element, bytes.buffer, bytes.byteOffset, to - from);
}

/** Numbers of rows [from, to); NaN where there is none. */
export function readNumbers(read: ReadBytes, column: StoredColumn, from: number, to: number): Float64Array {
  const numbers = new Float64Array(readStored(read, column, from, to));
  if (column.validityOffset === undefined) return numbers;
  const firstByte = from >> 3;
  const bits = read(column.validityOffset + firstByte, ((to + 7) >> 3) - firstByte);
  for (let i = 0, bit = from & 7; i < numbers.length; i++, bit++) {
    if ((((bits[bit >> 3] ?? 0) >> (bit & 7)) & 1) === 0) numbers[i] = NaN;
  }
  return numbers;
}

/** The blocks of rows in which a file of any size is walked through. */
export function* blocksOf(rows: number, blockRows = BLOCK_ROWS): Generator<{ from: number; to: number }> {
  for (let from = 0; from < rows; from += blockRows) yield { from, to: Math.min(rows, from + blockRows) };
}
