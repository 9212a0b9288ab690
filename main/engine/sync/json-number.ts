import { MINUS, UNUSUAL } from './json-bytes.ts';

const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const MAX_EXACT_DIGITS = 15; // every integer of so many digits is a double
const POWERS_OF_TEN = Float64Array.from({ length: MAX_EXACT_DIGITS + 1 }, (_, power) => 10 ** power); // all exact

export const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= ZERO && byte <= NINE;

/**
 * Reads numbers as JSON writes them. Up to 15 digits without exponent the value is an exact integer divided by an
 * exact power of ten, which rounds as the language does; longer ones the language reads itself.
 */
export class JsonNumberReader {
  /** What the last successful `read` found; never −0. */
  value = 0;

  /** The place behind the number that begins at `at`; UNUSUAL if there is none, or none that is finite. */
  read(bytes: Uint8Array, at: number, end: number): number {
    const isNegative = bytes[at] === MINUS;
    const first = isNegative ? at + 1 : at;
    let i = first;
    let value = 0;
    for (; i < end && isDigit(bytes[i]); i++) value = value * 10 + ((bytes[i] ?? 0) - ZERO);
    let digits = i - first;
    if (digits === 0 || (digits > 1 && bytes[first] === ZERO)) return UNUSUAL;
    let fraction = 0;
    if (i < end && bytes[i] === DOT) {
      const point = ++i;
      for (; i < end && isDigit(bytes[i]); i++) value = value * 10 + ((bytes[i] ?? 0) - ZERO);
      fraction = i - point;
      if (fraction === 0) return UNUSUAL;
      digits += fraction;
    }
    if (digits > MAX_EXACT_DIGITS || (i < end && isExponent(bytes[i])))
      return this.#readLong(bytes, at, i, end);
    const size = fraction === 0 ? value : value / (POWERS_OF_TEN[fraction] ?? 1);
    this.value = isNegative && size !== 0 ? -size : size;
    return i;
  }

  #readLong(bytes: Uint8Array, start: number, from: number, end: number): number {
    let i = from;
    if (i < end && isExponent(bytes[i])) {
      i++;
      if (bytes[i] === PLUS || bytes[i] === MINUS) i++;
      const first = i;
      while (i < end && isDigit(bytes[i])) i++;
      if (i === first) return UNUSUAL;
    }
    this.value =
      Number(Buffer.from(bytes.buffer, bytes.byteOffset + start, i - start).toString('latin1')) + 0;
    return Number.isFinite(this.value) ? i : UNUSUAL;
  }
}

const isExponent = (byte: number | undefined): boolean => byte === 0x65 || byte === 0x45; // e, E
