import type { ElementType, StoredKind } from './types.ts';

export const ELEMENT_BYTES: Readonly<Record<ElementType, number>> = {
  uint8: 1,
  uint16: 2,
  int32: 4,
  float32: 4,
  float64: 8,
  id16: 16,
};

/** A column's values; ids lie as 16 bytes per row in one Uint8Array. */
export type ColumnValues = Uint8Array | Uint16Array | Int32Array | Float32Array | Float64Array;

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
    case 'float32':
      return new Float32Array(buffer, byteOffset, count);
    case 'float64':
      return new Float64Array(buffer, byteOffset, count);
    case 'id16':
      return new Uint8Array(buffer, byteOffset, count * ELEMENT_BYTES.id16);
  }
}

export const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const NUMBER_IN_MEMORY = { uint8: 'int32', uint16: 'int32', float32: 'float64' } as const;

/** What a column is in memory: numbers are only ever int32 or float64 there, so that kernels meet two types. */
export function memoryElementOf({ kind, element }: { kind: StoredKind; element: ElementType }): ElementType {
  const isNarrow = element === 'uint8' || element === 'uint16' || element === 'float32';
  return kind === 'number' && isNarrow ? NUMBER_IN_MEMORY[element] : element;
}
