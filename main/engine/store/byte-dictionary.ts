import { hash32 } from './byte-hash.ts';

const FIRST_SLOTS = 64;
const FIRST_BYTES = 512;

/**
 * Values of one column and their codes: 1, 2, 3, … in order of arrival; 0 stands for missing. Looked up by bytes, so
 * that a scanner needs no strings; compared byte for byte, so that no two values ever share a code.
 */
export class ByteDictionary {
  count = 0;
  bytes = new Uint8Array(FIRST_BYTES);
  bytesUsed = 0;
  /** `ends[i]` is where value i (code i + 1) ends in `bytes`. */
  ends = new Float64Array(FIRST_SLOTS / 2);
  /** What the catalogue has committed; the rest is to be appended at the next commit. */
  committedCount = 0;
  committedBytes = 0;
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS);

  /** A dictionary as it lies on disk; takes ownership of both arrays. */
  static load(bytes: Uint8Array<ArrayBuffer>, ends: Float64Array<ArrayBuffer>): ByteDictionary {
    const dictionary = new ByteDictionary();
    dictionary.bytes = bytes;
    dictionary.bytesUsed = bytes.length;
    dictionary.ends = ends;
    dictionary.count = ends.length;
    dictionary.committedCount = ends.length;
    dictionary.committedBytes = bytes.length;
    dictionary.#index(slotsFor(ends.length));
    return dictionary;
  }

  /** The code of bytes[start, end), 0 if the value is new. */
  find(source: Uint8Array, start: number, end: number): number {
    return this.#probe(source, start, end, hash32(source, start, end) | 0);
  }

  /** The code of bytes[start, end), given to it now if the value is new. */
  add(source: Uint8Array, start: number, end: number): number {
    const hash = hash32(source, start, end) | 0;
    const known = this.#probe(source, start, end, hash);
    if (known !== 0) return known;
    this.#append(source, start, end);
    if (this.count * 2 > this.#slots.length) this.#index(this.#slots.length * 2);
    else this.#place(this.count, hash);
    return this.count;
  }

  textOf(code: number): string {
    const start = code === 1 ? 0 : (this.ends[code - 2] ?? 0);
    return Buffer.from(
      this.bytes.buffer,
      this.bytes.byteOffset + start,
      (this.ends[code - 1] ?? 0) - start,
    ).toString();
  }

  #probe(source: Uint8Array, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const code = slots[slot] ?? 0;
      if (code === 0) return 0;
      if (this.#hashes[slot] === hash && this.#equals(code, source, start, end)) return code;
    }
  }

  #equals(code: number, source: Uint8Array, start: number, end: number): boolean {
    const { bytes, ends } = this;
    const from = code === 1 ? 0 : (ends[code - 2] ?? 0);
    const length = end - start;
    if ((ends[code - 1] ?? 0) - from !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[from + i] !== source[start + i]) return false;
    return true;
  }

  #append(source: Uint8Array, start: number, end: number): void {
    const used = this.bytesUsed + end - start;
    if (used > this.bytes.length) {
      const larger = new Uint8Array(Math.max(used, this.bytes.length * 2, FIRST_BYTES));
      larger.set(this.bytes.subarray(0, this.bytesUsed));
      this.bytes = larger;
    }
    this.bytes.set(source.subarray(start, end), this.bytesUsed);
    this.bytesUsed = used;
    if (this.count === this.ends.length) {
      const larger = new Float64Array(Math.max(this.count * 2, FIRST_SLOTS));
      larger.set(this.ends);
      this.ends = larger;
    }
    this.ends[this.count] = used;
    this.count++;
  }

  #index(slotCount: number): void {
    this.#slots = new Int32Array(slotCount);
    this.#hashes = new Int32Array(slotCount);
    for (let code = 1, start = 0; code <= this.count; code++) {
      const end = this.ends[code - 1] ?? 0;
      this.#place(code, hash32(this.bytes, start, end) | 0);
      start = end;
    }
  }

  #place(code: number, hash: number): void {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = code;
    this.#hashes[slot] = hash;
  }
}

/** Smallest power of two that stays at most half full. */
function slotsFor(count: number): number {
  let slots = FIRST_SLOTS;
  while (slots < count * 2) slots *= 2;
  return slots;
}
