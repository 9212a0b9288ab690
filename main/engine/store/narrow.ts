import type { SegmentColumnInput } from '../../format/encode-segment.ts';
import type { ColumnValues } from '../../format/elements.ts';
import type { ElementType } from '../../format/types.ts';

type Encoded = Pick<SegmentColumnInput, 'element' | 'values' | 'validity'>;
type NumberElement = Exclude<ElementType, 'id16'>;

const MAX_UINT8 = 0xff;
const MAX_UINT16 = 0xffff;

/** Codes in the smallest element that holds the largest of them. */
export function narrowCodes(codes: Int32Array): Encoded {
  let max = 0;
  for (const code of codes) if (code > max) max = code;
  const element = codeElement(max);
  return { element, values: element === 'int32' ? codes : arrayOf(element, codes) };
}

export function codeElement(maxCode: number): 'uint8' | 'uint16' | 'int32' {
  if (maxCode <= MAX_UINT8) return 'uint8';
  return maxCode <= MAX_UINT16 ? 'uint16' : 'int32';
}

/** Numbers in the smallest element that holds every one exactly; NaN marks a missing one. */
export function narrowNumbers(numbers: Float64Array): Encoded {
  const range = new NumberRange();
  range.add(numbers);
  const element = range.element;
  if (range.missing === 0) return { element, values: arrayOf(element, numbers) };
  return { element, values: arrayOf(element, numbers.map(zeroIfMissing)), validity: validityOf(numbers) };
}

/** What decides how narrow numbers can be stored, gathered piece by piece. */
export class NumberRange {
  present = 0;
  missing = 0;
  #areInteger = true;
  #areSingle = true;
  #min = 0;
  #max = 0;

  add(numbers: Float64Array): void {
    for (const value of numbers) {
      if (Number.isNaN(value)) {
        this.missing++;
        continue;
      }
      this.present++;
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
      if ((value | 0) !== value) this.#areInteger = false;
      if (Math.fround(value) !== value) this.#areSingle = false;
    }
  }

  include(other: NumberRange): void {
    this.present += other.present;
    this.missing += other.missing;
    this.#areInteger &&= other.#areInteger;
    this.#areSingle &&= other.#areSingle;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  get element(): NumberElement {
    if (!this.#areInteger) return this.#areSingle ? 'float32' : 'float64';
    return this.#min < 0 ? 'int32' : codeElement(this.#max);
  }
}

/** The same numbers as another element; what they do not fit into is the caller's mistake. */
export function arrayOf(element: NumberElement, values: ArrayLike<number>): ColumnValues {
  switch (element) {
    case 'uint8':
      return new Uint8Array(values);
    case 'uint16':
      return new Uint16Array(values);
    case 'int32':
      return new Int32Array(values);
    case 'float32':
      return new Float32Array(values);
    case 'float64':
      return new Float64Array(values);
  }
}

const zeroIfMissing = (value: number): number => (Number.isNaN(value) ? 0 : value);

function validityOf(numbers: Float64Array): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(numbers.length / 8));
  for (let row = 0; row < numbers.length; row++) {
    if (!Number.isNaN(numbers[row] ?? 0)) bitmap[row >> 3] = (bitmap[row >> 3] ?? 0) | (1 << (row & 7));
  }
  return bitmap;
}
