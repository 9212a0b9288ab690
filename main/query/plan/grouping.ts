import type { BreakdownValue } from '../../../shared/query/answer.ts';
import type { Batch } from '../columns/batch.ts';
import { isPresent, storageOf } from '../columns/storage.ts';
import { gatherCodes } from '../kernels/js/narrow.ts';
import type { Scratch } from '../kernels/js/scratch.ts';
import { type PropertyValue, textOf } from './property-value.ts';

/** What a row is broken down by: one property of the event, or one of its user. */
export type GroupAxis =
  | { kind: 'event'; property: string }
  /** `valueOf` by user code; 0 is "no user". */
  | { kind: 'user'; valueOf: (userCode: number) => PropertyValue | undefined };

/** One text per axis; null is missing or empty. */
export type GroupValue = readonly (string | null)[];

const START_GROUPS = 64;

/**
 * Gives every combination of values a small number, in order of appearance. Without axes there is one group, 0.
 * `occurs` tells values that rows of the range carried from those met only while looking before it.
 */
export class Grouping {
  readonly values: GroupValue[] = [];
  #occurs = new Uint8Array(START_GROUPS);
  readonly #axes: AxisIds[];
  /** Per axis after the first: (group so far, value id) → group. */
  readonly #pairs: PairTable[];
  readonly #partial: GroupValue[][];
  readonly #groupByKey = new Map<string, number>();
  /** By positions: groups by what they have there, as of so many values. */
  readonly #indexes = new Map<string, { values: number; groups: Map<string, number[]> }>();

  constructor(axes: readonly GroupAxis[]) {
    this.#axes = axes.map((axis) => new AxisIds(axis));
    this.#pairs = axes.map(() => new PairTable());
    this.#partial = axes.map(() => []);
    if (axes.length === 0) this.#intern([]);
  }

  get isTrivial(): boolean {
    return this.#axes.length === 0;
  }

  assign(batch: Batch, rows: Int32Array, count: number, out: Int32Array, scratch: Scratch): void {
    const [first, ...others] = this.#axes;
    if (first === undefined) {
      out.fill(0, 0, count);
      return;
    }
    first.assign(batch, rows, count, out);
    if (others.length === 0) this.#internSingles(first);
    others.forEach((axis, index) => {
      const ids = scratch.takeInts(count);
      axis.assign(batch, rows, count, ids);
      this.#combine(index, { first, axis, isLast: index === others.length - 1 }, out, ids, count);
      scratch.giveInts(ids);
    });
  }

  markOccurring(groups: Int32Array, count: number): void {
    const occurs = this.#occurs;
    for (let i = 0; i < count; i++) occurs[groups[i] as number] = 1;
  }

  markOne(group: number): void {
    this.#occurs[group] = 1;
  }

  occurs(group: number): boolean {
    return this.#occurs[group] === 1;
  }

  /** Number of a value, −1 where no row had it. */
  find(value: GroupValue): number {
    return this.#groupByKey.get(keyOf(value)) ?? -1;
  }

  /** Numbers of all values that have `part` at some positions. */
  findAll(positions: readonly number[], part: GroupValue): readonly number[] {
    const name = positions.join();
    let index = this.#indexes.get(name);
    if (index?.values !== this.values.length) {
      index = { values: this.values.length, groups: this.#indexOn(positions) };
      this.#indexes.set(name, index);
    }
    return index.groups.get(keyOf(part)) ?? [];
  }

  #indexOn(positions: readonly number[]): Map<string, number[]> {
    const groups = new Map<string, number[]>();
    for (const [group, value] of this.values.entries()) {
      const key = keyOf(positions.map((position) => value[position] ?? null));
      const list = groups.get(key);
      if (list === undefined) groups.set(key, [group]);
      else list.push(group);
    }
    return groups;
  }

  /** Adds a value that was put together elsewhere, once every row has been assigned. */
  addOccurring(value: GroupValue): number {
    const group = this.#intern(value);
    this.markOne(group);
    return group;
  }

  #internSingles(axis: AxisIds): void {
    for (let id = this.values.length; id < axis.texts.length; id++) this.#intern([axis.texts[id] ?? null]);
  }

  #combine(
    level: number,
    { first, axis, isLast }: { first: AxisIds; axis: AxisIds; isLast: boolean },
    groups: Int32Array,
    ids: Int32Array,
    count: number,
  ): void {
    const pairs = this.#pairs[level] ?? new PairTable();
    const before = level === 0 ? null : (this.#partial[level - 1] ?? []);
    const made = this.#partial[level] ?? [];
    for (let i = 0; i < count; i++) {
      let group = pairs.get(groups[i] as number, ids[i] as number);
      if (group < 0) {
        const head =
          before === null ? [first.texts[groups[i] as number] ?? null] : (before[groups[i] as number] ?? []);
        const value = [...head, axis.texts[ids[i] as number] ?? null];
        group = isLast ? this.#intern(value) : made.push(value) - 1;
        pairs.set(groups[i] as number, ids[i] as number, group);
      }
      groups[i] = group;
    }
  }

  #intern(value: GroupValue): number {
    const key = keyOf(value);
    const known = this.#groupByKey.get(key);
    if (known !== undefined) return known;
    const group = this.values.push(value) - 1;
    this.#groupByKey.set(key, group);
    if (group >= this.#occurs.length) this.#occurs = grown(this.#occurs);
    return group;
  }
}

const MOST_DENSE = 1024; // of either side: 4 MB at most
const SHIFT = 0x4000000; // 2^26 values per axis; the product stays below 2^53

/** Numbers by pairs of numbers: small ones in rows of an array, others in a map. */
class PairTable {
  /** By the first number; 0 where there is none, else one more than the pair's. */
  readonly #rows: (Int32Array | undefined)[] = [];
  readonly #others = new Map<number, number>();

  /** −1: none. */
  get(first: number, second: number): number {
    if (first < MOST_DENSE && second < MOST_DENSE) {
      const row = this.#rows[first];
      return row !== undefined && second < row.length ? (row[second] as number) - 1 : -1;
    }
    return this.#others.get(first * SHIFT + second) ?? -1;
  }

  set(first: number, second: number, value: number): void {
    if (first >= MOST_DENSE || second >= MOST_DENSE) {
      this.#others.set(first * SHIFT + second, value);
      return;
    }
    while (this.#rows.length <= first) this.#rows.push(undefined);
    let row = this.#rows[first] ?? new Int32Array(FIRST_ROW);
    if (second >= row.length) {
      const longer = new Int32Array(Math.min(MOST_DENSE, Math.max(second + 1, row.length * 2)));
      longer.set(row);
      row = longer;
    }
    row[second] = value + 1;
    this.#rows[first] = row;
  }
}

const FIRST_ROW = 16;

export const keyOf = (value: GroupValue): string => JSON.stringify(value);

/** As answers show it: one text, or a list where several properties were asked. */
export function toBreakdownValue(value: GroupValue): BreakdownValue {
  return value.length === 1 ? (value[0] ?? null) : [...value];
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}

/** Numbers the texts of one axis. */
class AxisIds {
  readonly texts: (string | null)[] = [];
  readonly #axis: GroupAxis;
  readonly #idByText = new Map<string | null, number>();
  readonly #idByNumber = new Map<number, number>();
  /** −1: not yet looked up. */
  readonly #idsByDictionary = new Map<string, Int32Array>();
  #idByUser = new Int32Array(0);

  constructor(axis: GroupAxis) {
    this.#axis = axis;
  }

  assign(batch: Batch, rows: Int32Array, count: number, out: Int32Array): void {
    if (this.#axis.kind === 'user') this.#assignUsers(this.#axis.valueOf, batch, rows, count, out);
    else this.#assignProperty(this.#axis.property, batch, rows, count, out);
  }

  #assignUsers(
    valueOf: (userCode: number) => PropertyValue | undefined,
    batch: Batch,
    rows: Int32Array,
    count: number,
    out: Int32Array,
  ): void {
    const users = storageOf(batch, 'user_id');
    if (users.kind !== 'codes') {
      out.fill(this.#idOf(undefined), 0, count);
      return;
    }
    if (this.#idByUser.length <= users.dictionary.count) {
      this.#idByUser = new Int32Array(users.dictionary.count + 1).fill(-1);
    }
    const ids = this.#idByUser;
    gatherCodes(users.codes, rows, count, out);
    for (let i = 0; i < count; i++) {
      const user = out[i] as number;
      let id = ids[user] as number;
      if (id < 0) ids[user] = id = this.#idOf(valueOf(user));
      out[i] = id;
    }
  }

  #assignProperty(property: string, batch: Batch, rows: Int32Array, count: number, out: Int32Array): void {
    const storage = storageOf(batch, property);
    switch (storage.kind) {
      case 'missing':
        out.fill(this.#idOf(undefined), 0, count);
        return;
      case 'constant':
        out.fill(this.#idOf(storage.value), 0, count);
        return;
      case 'codes': {
        const ids = this.#tableOf(storage.dictionaryName, storage.dictionary.count);
        gatherCodes(storage.codes, rows, count, out);
        for (let i = 0; i < count; i++) {
          const code = out[i] as number;
          let id = ids[code] as number;
          if (id < 0) ids[code] = id = this.#idOf(code === 0 ? undefined : storage.dictionary.value(code));
          out[i] = id;
        }
        return;
      }
      case 'numbers': {
        const { values, validity } = storage.numbers;
        for (let i = 0; i < count; i++) {
          const row = rows[i] as number;
          out[i] = isPresent(validity, row) ? this.#idOfNumber(values[row] as number) : this.#idOf(undefined);
        }
        return;
      }
      case 'booleans': {
        const ids = [undefined, false, true].map((value) =>
          value === undefined ? -1 : (this.#idByText.get(String(value)) ?? -1),
        );
        for (let i = 0; i < count; i++) {
          const value = storage.values[rows[i] as number] as number;
          let id = ids[value] ?? -1;
          if (id < 0) ids[value] = id = this.#idOf(value === 0 ? undefined : value === 2);
          out[i] = id;
        }
        return;
      }
      case 'instants':
        for (let i = 0; i < count; i++) {
          const tsMs = storage.at(rows[i] as number);
          out[i] = this.#idOf(Number.isNaN(tsMs) ? undefined : new Date(tsMs).toISOString());
        }
    }
  }

  #tableOf(dictionaryName: string, count: number): Int32Array {
    const known = this.#idsByDictionary.get(dictionaryName);
    if (known !== undefined) return known;
    const table = new Int32Array(count + 1).fill(-1);
    this.#idsByDictionary.set(dictionaryName, table);
    return table;
  }

  #idOfNumber(value: number): number {
    const known = this.#idByNumber.get(value);
    if (known !== undefined) return known;
    const id = this.#idOf(value);
    this.#idByNumber.set(value, id);
    return id;
  }

  #idOf(value: PropertyValue | undefined): number {
    const text = value === undefined ? null : textOf(value) || null; // an empty text is shown as missing
    const known = this.#idByText.get(text);
    if (known !== undefined) return known;
    const id = this.texts.push(text) - 1;
    this.#idByText.set(text, id);
    return id;
  }
}
