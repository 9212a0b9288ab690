import { AppError } from '../../../shared/errors.ts';
import { hashBytes } from './byte-hash.ts';
import { type ByteView, viewBytes, viewText } from './byte-view.ts';

const FIRST_SLOTS = 64;
const FIRST_BYTES = 512;
const MAX_BYTES = 2 ** 32 - 1; // what `ends` can say

/**
 * Values of one column and their codes: 1, 2, 3, … in order of arrival; 0 stands for missing. Looked up by bytes, so
 * that a scanner needs no strings; compared byte for byte, so that no two values ever share a code.
 */
export class ByteDictionary {
  count = 0;
  bytes = new Uint8Array(FIRST_BYTES);
  bytesUsed = 0;
  /** `ends[i]` is where value i (code i + 1) ends in `bytes`. */
  ends = new Uint32Array(FIRST_SLOTS / 2);
  /** What the catalogue has committed; the rest is to be appended at the next commit. */
  committedCount = 0;
  committedBytes = 0;
  #view = viewBytes(this.bytes);
  /** Two numbers per slot, side by side because they are always read together: code (0: free) and hash. */
  #slots = new Int32Array(FIRST_SLOTS * 2);

  /** A dictionary as it lies on disk; takes ownership of the bytes. */
  static load(bytes: Uint8Array<ArrayBuffer>, ends: ArrayLike<number>): ByteDictionary {
    const dictionary = new ByteDictionary();
    dictionary.bytes = bytes;
    dictionary.#view = viewBytes(bytes);
    dictionary.bytesUsed = bytes.length;
    dictionary.ends = Uint32Array.from(ends);
    dictionary.count = ends.length;
    dictionary.committedCount = ends.length;
    dictionary.committedBytes = bytes.length;
    dictionary.#index(slotsFor(ends.length));
    return dictionary;
  }

  /** The code of bytes[start, end), 0 if the value is new. `hash` is that of `hashBytes`. */
  find(source: ByteView, start: number, end: number, hash = hashBytes(source, start, end)): number {
    const slots = this.#slots;
    const mask = slots.length - 2;
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const code = slots[slot] ?? 0;
      if (code === 0) return 0;
      if (slots[slot + 1] === hash && this.#equals(code, source, start, end)) return code;
    }
  }

  /** The code of bytes[start, end), given to it now if the value is new. */
  add(source: ByteView, start: number, end: number): number {
    const hash = hashBytes(source, start, end);
    const known = this.find(source, start, end, hash);
    if (known !== 0) return known;
    this.#append(source.bytes, start, end);
    if (this.count * 4 > this.#slots.length) this.#index(this.#slots.length);
    else this.#place(this.count, hash);
    return this.count;
  }

  /** The code of a text, 0 if it is not there. */
  codeOfText(text: string): number {
    const view = viewText(text);
    return this.find(view, 0, view.bytes.length);
  }

  textOf(code: number): string {
    const start = code === 1 ? 0 : (this.ends[code - 2] ?? 0);
    return Buffer.from(
      this.bytes.buffer,
      this.bytes.byteOffset + start,
      (this.ends[code - 1] ?? 0) - start,
    ).toString();
  }

  /** Puts other bytes in the place of a value that is not committed yet; nobody finds it by its old ones any more. */
  overwrite(code: number, fillWith: (lengthBytes: number) => Uint8Array): void {
    const start = code === 1 ? 0 : (this.ends[code - 2] ?? 0);
    this.bytes.set(fillWith((this.ends[code - 1] ?? 0) - start), start);
  }

  #equals(code: number, { bytes, view }: ByteView, start: number, end: number): boolean {
    const from = code === 1 ? 0 : (this.ends[code - 2] ?? 0);
    const length = end - start;
    if ((this.ends[code - 1] ?? 0) - from !== length) return false;
    const own = this.#view.view;
    let i = 0;
    for (; i + 4 <= length; i += 4) {
      if (own.getInt32(from + i, true) !== view.getInt32(start + i, true)) return false;
    }
    for (; i < length; i++) if (this.bytes[from + i] !== bytes[start + i]) return false;
    return true;
  }

  #append(source: Uint8Array, start: number, end: number): void {
    const used = this.bytesUsed + end - start;
    if (used > MAX_BYTES) throw new AppError('too-large', 'the values of one column exceed 4 GiB');
    if (used > this.bytes.length) {
      const larger = new Uint8Array(Math.max(used, this.bytes.length * 2, FIRST_BYTES));
      larger.set(this.bytes.subarray(0, this.bytesUsed));
      this.bytes = larger;
      this.#view = viewBytes(larger);
    }
    this.bytes.set(source.subarray(start, end), this.bytesUsed);
    this.bytesUsed = used;
    if (this.count === this.ends.length) {
      const larger = new Uint32Array(Math.max(this.count * 2, FIRST_SLOTS));
      larger.set(this.ends);
      this.ends = larger;
    }
    this.ends[this.count] = used;
    this.count++;
  }

  #index(slotCount: number): void {
    this.#slots = new Int32Array(slotCount * 2);
    for (let code = 1, start = 0; code <= this.count; code++) {
      const end = this.ends[code - 1] ?? 0;
      this.#place(code, hashBytes(this.#view, start, end));
      start = end;
    }
  }

  #place(code: number, hash: number): void {
    const slots = this.#slots;
    const mask = slots.length - 2;
    let slot = (hash << 1) & mask;
    while (slots[slot] !== 0) slot = (slot + 2) & mask;
    slots[slot] = code;
    slots[slot + 1] = hash;
  }
}

/** Smallest power of two that stays at most half full. */
function slotsFor(count: number): number {
  let slots = FIRST_SLOTS;
  while (slots < count * 2) slots *= 2;
  return slots;
}
