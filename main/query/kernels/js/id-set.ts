import { CellTable } from './cell-table.ts';

const FIRST_CAPACITY = 16;
const BITS = 32;

/**
 * A set of whole numbers from 1 to `universe`: a small hash table that turns into one bit per number once that is the
 * smaller of the two. Never a sketch: counts are exact.
 */
export class IdSet {
  size = 0;
  readonly #universe: number;
  /** Open addressing, 0 = free; null once there are bits. */
  #slots: Int32Array | null = new Int32Array(FIRST_CAPACITY);
  #bits: Uint32Array | null = null;

  constructor(universe: number) {
    this.#universe = universe;
  }

  add(id: number): void {
    if (this.#bits !== null) this.#addBit(this.#bits, id);
    else if (this.#slots !== null) this.#addSlot(this.#slots, id);
  }

  forEach(visit: (id: number) => void): void {
    this.#slots?.forEach((id) => {
      if (id !== 0) visit(id);
    });
    this.#bits?.forEach((word, index) => {
      for (let left = word; left !== 0; left &= left - 1)
        visit(index * BITS + (31 - Math.clz32(left & -left)));
    });
  }

  /** Whole words at a time where both sets have bits. */
  addAll(other: IdSet): void {
    const from = other.#bits;
    if (from === null) {
      other.forEach((id) => this.add(id));
      return;
    }
    this.#toBits();
    const bits = this.#bits as Uint32Array;
    let added = 0;
    for (let index = 0; index < from.length; index++) {
      const held = bits[index] as number;
      const more = (from[index] as number) & ~held;
      if (more === 0) continue;
      bits[index] = held | more;
      added += countBits(more);
    }
    this.size += added;
  }

  #addBit(bits: Uint32Array, id: number): void {
    const word = bits[id >>> 5] as number;
    const bit = 1 << (id & 31);
    if ((word & bit) !== 0) return;
    bits[id >>> 5] = word | bit;
    this.size++;
  }

  #addSlot(slots: Int32Array, id: number): void {
    const mask = slots.length - 1;
    let slot = Math.imul(id, 0x9e3779b1) >>> Math.clz32(mask); // the high bits are the mixed ones
    for (let held = slots[slot] as number; held !== 0; held = slots[slot] as number) {
      if (held === id) return;
      slot = (slot + 1) & mask;
    }
    slots[slot] = id;
    this.size++;
    if (this.size * 2 > slots.length) this.#grow(slots);
  }

  #grow(slots: Int32Array): void {
    if (slots.length * 2 >= wordsOf(this.#universe)) {
      this.#toBits();
      return;
    }
    this.#slots = new Int32Array(slots.length * 2);
    this.size = 0;
    for (const id of slots) if (id !== 0) this.#addSlot(this.#slots, id);
  }

  #toBits(): void {
    const slots = this.#slots;
    if (slots === null) return;
    const bits = new Uint32Array(wordsOf(this.#universe));
    this.#slots = null;
    this.#bits = bits;
    this.size = 0;
    for (const id of slots) if (id !== 0) this.#addBit(bits, id);
  }
}

const wordsOf = (universe: number): number => (universe >>> 5) + 1;

/** Set bits of a word, summed in pairs, then in fours, then in bytes. */
function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Distinct ids per cell (group, bucket); id 0 is "none" and never counts. */
export class DistinctCells {
  readonly universe: number;
  readonly #cells: CellTable<IdSet>;

  constructor(buckets: number, universe: number) {
    this.universe = universe;
    this.#cells = new CellTable(buckets, () => new IdSet(universe));
  }

  /** Rows come by user: often the same id and cell as the row before. */
  add(ids: Int32Array, groups: Int32Array, buckets: Int32Array, count: number): void {
    let set: IdSet | null = null;
    let lastId = 0;
    let lastGroup = -1;
    let lastBucket = -1;
    for (let i = 0; i < count; i++) {
      const id = ids[i] as number;
      const group = groups[i] as number;
      const bucket = buckets[i] as number;
      if (id === 0) continue;
      if (set === null || group !== lastGroup || bucket !== lastBucket) {
        set = this.#cells.cell(group, bucket);
        lastGroup = group;
        lastBucket = bucket;
      } else if (id === lastId) continue;
      lastId = id;
      set.add(id);
    }
  }

  addOne(id: number, group: number, bucket: number): void {
    this.#cells.cell(group, bucket).add(id);
  }

  at(groups: readonly number[], bucket: number | null): number {
    const sets = this.sets(groups, bucket);
    return sets.length <= 1 ? (sets[0]?.size ?? 0) : unionSize(sets, this.universe);
  }

  sets(groups: readonly number[], bucket: number | null): readonly IdSet[] {
    return this.#cells.list(groups, bucket);
  }
}

function unionSize(sets: readonly IdSet[], universe: number): number {
  const union = new IdSet(universe);
  for (const set of sets) union.addAll(set);
  return union.size;
}
