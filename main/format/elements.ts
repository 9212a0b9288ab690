import type { ElementType } from './types.ts';

export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  uint8: 1,
  uint16: 2,
  int32: 4,
  float64: 8,
  id16: 16,
};

/** A column's values; ids lie as 16 bytes per row in one Uint8Array. */
export type ColumnValues = Uint8Array | Uint16Array | Int32Array | Float64Array;

/** A typed view of `count` elements over memory that somebody else owns; `byteOffset` is a multiple of 8. */
export function viewOf(
  element: ElementType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  count: number,
): ColumnValues {
  switch (element) {
    case 'uint8':
      return new Uint8Array(buffer, byteOffset, count);
    case 'uint16':
      return new Uint16Array(buffer, byteOffset, count);
    case 'int32':
      return new Int32Array(buffer, byteOffset, count);
    case 'float64':
      return new Float64Array(buffer, byteOffset, count);
    case 'id16':
      return new Uint8Array(buffer, byteOffset, count * ELEMENT_BYTES.id16);
  }
}
