import { ExactSum } from '../../../../shared/stats/exact-sum.ts';
import { quantileInPlace } from '../../../../shared/stats/quantile.ts';
import { isPresent, type NumberColumn } from '../../columns/storage.ts';
import { NumberList } from './lists.ts';

/**
 * Accumulators over cells (group, bucket). Each can be asked for the union of some groups in one bucket or, with
 * bucket null, in the whole range; so "the rest" and totals are counted, not added up from rounded parts.
 * Cell index = group × buckets + bucket. In the loops `as number` stands for an index that is in range by construction.
 */

/** The rows of one segment that a scan selected, with the cell of each. */
export interface CellRows {
  rows: Int32Array;
  count: number;
  groups: Int32Array;
  buckets: Int32Array;
}

export interface Cell {
  group: number;
  bucket: number;
}

export class CountCells {
  readonly #buckets: number;
  #cells: Float64Array;

  constructor(buckets: number) {
    this.#buckets = buckets;
    this.#cells = new Float64Array(Math.max(1, buckets));
  }

  add({ count, groups, buckets }: CellRows): void {
    this.#reach(largest(groups, count));
    const cells = this.#cells;
    const width = this.#buckets;
    for (let i = 0; i < count; i++)
      (cells[(groups[i] as number) * width + (buckets[i] as number)] as number)++;
  }

  addOne({ group, bucket }: Cell): void {
    this.#reach(group);
    const cell = group * this.#buckets + bucket;
    this.#cells[cell] = (this.#cells[cell] as number) + 1;
  }

  at(groups: readonly number[], bucket: number | null): number {
    let sum = 0;
    for (const group of groups) {
      if (bucket !== null) sum += this.#cells[group * this.#buckets + bucket] ?? 0;
      else for (let b = 0; b < this.#buckets; b++) sum += this.#cells[group * this.#buckets + b] ?? 0;
    }
    return sum;
  }

  #reach(group: number): void {
    const needed = (group + 1) * this.#buckets;
    if (needed <= this.#cells.length) return;
    const larger = new Float64Array(Math.max(needed, this.#cells.length * 2));
    larger.set(this.#cells);
    this.#cells = larger;
  }
}

interface Sum {
  count: number;
  /** Whole numbers, exact while below 2^53. */
  integers: number;
  fractions: ExactSum | null;
}

const SMALL_LIST = 16; // there may be one list per bucket and breakdown value
const SAFE_ADDEND = 2 ** 31; // 2^22 of them stay below 2^53
const FLUSH_AFTER = 2 ** 21;

/** Exact sums; whole numbers take a fast path of plain additions that cannot round. */
export class SumCells {
  readonly #buckets: number;
  readonly #cells: (Sum | undefined)[] = [];

  constructor(buckets: number) {
    this.#buckets = buckets;
  }

  add({ rows, count, groups, buckets }: CellRows, { values, validity }: NumberColumn): void {
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      if (!isPresent(validity, row)) continue;
      const cell = (groups[i] as number) * this.#buckets + (buckets[i] as number);
      addTo((this.#cells[cell] ??= { count: 0, integers: 0, fractions: null }), values[row] as number);
    }
  }

  addOne({ group, bucket }: Cell, value: number): void {
    addTo(
      (this.#cells[group * this.#buckets + bucket] ??= { count: 0, integers: 0, fractions: null }),
      value,
    );
  }

  /** Sum and how many numbers it is of. */
  at(groups: readonly number[], bucket: number | null): { sum: number; count: number } {
    const total = new ExactSum();
    let count = 0;
    for (const cell of this.#cellsOf(groups, bucket)) {
      count += cell.count;
      total.add(cell.integers);
      if (cell.fractions !== null) total.addSum(cell.fractions);
    }
    return { sum: total.value, count };
  }

  *#cellsOf(groups: readonly number[], bucket: number | null): Iterable<Sum> {
    for (const group of groups) {
      const from = group * this.#buckets + (bucket ?? 0);
      const to = bucket === null ? from + this.#buckets : from + 1;
      for (let cell = from; cell < to; cell++) {
        const found = this.#cells[cell];
        if (found !== undefined) yield found;
      }
    }
  }
}

function addTo(sum: Sum, value: number): void {
  sum.count++;
  if (Number.isInteger(value) && value <= SAFE_ADDEND && value >= -SAFE_ADDEND) {
    sum.integers += value;
    if (sum.count % FLUSH_AFTER === 0) {
      (sum.fractions ??= new ExactSum()).add(sum.integers);
      sum.integers = 0;
    }
  } else {
    (sum.fractions ??= new ExactSum()).add(value);
  }
}

/** Every number with its cell, for what needs them all: quantiles, the smallest, the largest. */
export class ValueCells {
  readonly #buckets: number;
  readonly #byCell: (NumberList | undefined)[] = [];

  constructor(buckets: number) {
    this.#buckets = buckets;
  }

  add({ rows, count, groups, buckets }: CellRows, { values, validity }: NumberColumn): void {
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      if (!isPresent(validity, row)) continue;
      const cell = (groups[i] as number) * this.#buckets + (buckets[i] as number);
      (this.#byCell[cell] ??= new NumberList(SMALL_LIST)).push(values[row] as number);
    }
  }

  quantile(groups: readonly number[], bucket: number | null, q: number): number | null {
    return quantileInPlace(this.#collect(groups, bucket), q);
  }

  smallest(groups: readonly number[], bucket: number | null): number | null {
    return this.#fold(groups, bucket, Math.min, Infinity);
  }

  largest(groups: readonly number[], bucket: number | null): number | null {
    return this.#fold(groups, bucket, Math.max, -Infinity);
  }

  count(groups: readonly number[], bucket: number | null): number {
    return this.#listsOf(groups, bucket).reduce((sum, list) => sum + list.length, 0);
  }

  #fold(
    groups: readonly number[],
    bucket: number | null,
    pick: (a: number, b: number) => number,
    start: number,
  ): number | null {
    const lists = this.#listsOf(groups, bucket);
    if (lists.length === 0) return null;
    return lists.reduce((best, list) => list.view().reduce((a, b) => pick(a, b), best), start);
  }

  #collect(groups: readonly number[], bucket: number | null): Float64Array {
    const lists = this.#listsOf(groups, bucket);
    const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
    let at = 0;
    for (const list of lists) {
      all.set(list.view(), at);
      at += list.length;
    }
    return all;
  }

  #listsOf(groups: readonly number[], bucket: number | null): NumberList[] {
    const lists: NumberList[] = [];
    for (const group of groups) {
      const from = group * this.#buckets + (bucket ?? 0);
      const to = bucket === null ? from + this.#buckets : from + 1;
      for (let cell = from; cell < to; cell++) {
        const list = this.#byCell[cell];
        if (list !== undefined) lists.push(list);
      }
    }
    return lists;
  }
}

function largest(numbers: Int32Array, count: number): number {
  let max = -1;
  for (let i = 0; i < count; i++) if ((numbers[i] as number) > max) max = numbers[i] as number;
  return max;
}
