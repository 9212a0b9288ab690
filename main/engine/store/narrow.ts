import type { SegmentColumnInput } from '../../format/encode-segment.ts';

type Encoded = Pick<SegmentColumnInput, 'element' | 'values' | 'validity'>;

const MAX_UINT8 = 0xff;
const MAX_UINT16 = 0xffff;

/** Codes in the smallest element that holds the largest of them. */
export function narrowCodes(codes: Int32Array): Encoded {
  let max = 0;
  for (const code of codes) if (code > max) max = code;
  if (max <= MAX_UINT8) return { element: 'uint8', values: new Uint8Array(codes) };
  if (max <= MAX_UINT16) return { element: 'uint16', values: new Uint16Array(codes) };
  return { element: 'int32', values: codes };
}

/** Numbers as int32 where every one is such an integer, else float64; NaN marks a missing one. */
export function narrowNumbers(numbers: Float64Array): Encoded {
  let integers = true;
  let missing = 0;
  for (const value of numbers) {
    if (Number.isNaN(value)) missing++;
    else if ((value | 0) !== value) integers = false;
  }
  const values = integers ? new Int32Array(numbers) : numbers.map(zeroIfMissing);
  const element = integers ? 'int32' : 'float64';
  return missing === 0 ? { element, values } : { element, values, validity: validityOf(numbers) };
}

const zeroIfMissing = (value: number): number => (Number.isNaN(value) ? 0 : value);

function validityOf(numbers: Float64Array): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(numbers.length / 8));
  for (let row = 0; row < numbers.length; row++) {
    if (!Number.isNaN(numbers[row] ?? 0)) bitmap[row >> 3] = (bitmap[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return bitmap;
}
