import { grownU32 } from './growable.ts';
import { mix32 } from './byte-hash.ts';

const FIRST_SLOTS = 1024;

/**
 * Exact set of 128-bit ids, open addressing over all bits: the entry number of each id, in order of insertion. A slot is
 * chosen by the top bits of the hash, so ids that come in the order of their hashes are placed side by side in memory.
 */
export class IdTable {
  size = 0;
  #ids: Uint32Array;
  #slots: Int32Array;
  #shift: number;

  constructor(expected = 0) {
    let slots = FIRST_SLOTS;
    while (slots < expected * 2) slots *= 2;
    this.#slots = new Int32Array(slots);
    this.#shift = 32 - Math.log2(slots);
    this.#ids = new Uint32Array(Math.max(expected, FIRST_SLOTS / 2) * 4);
  }

  /** The ids in order of insertion, four words each; only the first `size` count. */
  get ids(): Uint32Array {
    return this.#ids;
  }

  /** The entry of ids[at..at+3], −1 if it was never added. */
  find(ids: Uint32Array, at: number, hash = hashOf(ids, at)): number {
    return (this.#slots[this.#slotOf(ids, at, hash)] ?? 0) - 1;
  }

  /** Adds ids[at..at+3]; the entry it already has, or −1 if it is new (its entry is then `size − 1`). */
  add(ids: Uint32Array, at: number, hash = hashOf(ids, at)): number {
    const slot = this.#slotOf(ids, at, hash);
    const known = this.#slots[slot] ?? 0;
    if (known !== 0) return known - 1;
    this.#append(ids, at);
    this.#slots[slot] = this.size;
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return -1;
  }

  #slotOf(ids: Uint32Array, at: number, hash: number): number {
    const own = this.#ids;
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hash >>> this.#shift; ; slot = (slot + 1) & mask) {
      const entry = slots[slot] ?? 0;
      if (entry === 0) return slot;
      const from = (entry - 1) * 4;
      if (
        own[from] === ids[at] &&
        own[from + 1] === ids[at + 1] &&
        own[from + 2] === ids[at + 2] &&
        own[from + 3] === ids[at + 3]
      ) {
        return slot;
      }
    }
  }

  #append(ids: Uint32Array, at: number): void {
    const to = this.size * 4;
    if (to === this.#ids.length) this.#ids = grownU32(this.#ids, to + 4);
    for (let word = 0; word < 4; word++) this.#ids[to + word] = ids[at + word] ?? 0;
    this.size++;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#shift--;
    for (let entry = 0; entry < this.size; entry++)
      this.#slots[this.#slotOf(this.#ids, entry * 4, hashOf(this.#ids, entry * 4))] = entry + 1;
  }
}

/** Ids may be counters or text, so every word goes through the mix. Unsigned. */
export function hashOf(ids: Uint32Array, at: number): number {
  let h = mix32(ids[at] ?? 0);
  h = mix32(h ^ (ids[at + 1] ?? 0));
  h = mix32((h + (ids[at + 2] ?? 0)) | 0);
  return mix32(h ^ (ids[at + 3] ?? 0));
}
