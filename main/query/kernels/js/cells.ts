import { ExactSum } from '../../../../shared/stats/exact-sum.ts';
import { quantileInPlace } from '../../../../shared/stats/quantile.ts';
import { isPresent, type NumberColumn } from '../../columns/storage.ts';
import { CellTable } from './cell-table.ts';
import { NumberList } from './lists.ts';

/**
 * Accumulators over cells (group, bucket). Each can be asked for the union of some groups in one bucket or, with
 * bucket null, in the whole range; so "the rest" and totals are counted, not added up from rounded parts.
 * In the loops `as number` stands for an index that is in range by construction.
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

const DENSE_CELLS = 2 ** 21; // 16 MB; a breakdown with more cells than that is sparse

interface Counter {
  count: number;
}

/** Rows per cell: the first groups in one dense array, what comes beyond its size in a table. */
export class CountCells {
  readonly #buckets: number;
  readonly #denseGroups: number;
  #dense: Float64Array;
  readonly #sparse: CellTable<Counter>;

  constructor(buckets: number) {
    this.#buckets = buckets;
    this.#denseGroups = Math.max(1, Math.floor(DENSE_CELLS / Math.max(1, buckets)));
    this.#dense = new Float64Array(buckets);
    this.#sparse = new CellTable(buckets, () => ({ count: 0 }));
  }

  add({ count, groups, buckets }: CellRows): void {
    const most = largest(groups, count);
    if (most < this.#denseGroups) this.#addDense(groups, buckets, count, most);
    else for (let i = 0; i < count; i++) this.#increment(groups[i] as number, buckets[i] as number);
  }

  addOne({ group, bucket }: Cell): void {
    this.#increment(group, bucket);
  }

  at(groups: readonly number[], bucket: number | null): number {
    let sum = 0;
    for (const group of groups) if (group < this.#denseGroups) sum += this.#denseAt(group, bucket);
    for (const { count } of this.#sparse.list(groups, bucket)) sum += count;
    return sum;
  }

  #addDense(groups: Int32Array, buckets: Int32Array, count: number, most: number): void {
    this.#reach(most);
    const cells = this.#dense;
    const width = this.#buckets;
    if (most === 0) {
      addToFirst(cells, buckets, count);
      return;
    }
    for (let i = 0; i < count; i++)
      (cells[(groups[i] as number) * width + (buckets[i] as number)] as number)++;
  }

  #increment(group: number, bucket: number): void {
    if (group >= this.#denseGroups) {
      this.#sparse.cell(group, bucket).count++;
      return;
    }
    this.#reach(group);
    const cell = group * this.#buckets + bucket;
    this.#dense[cell] = (this.#dense[cell] as number) + 1;
  }

  #denseAt(group: number, bucket: number | null): number {
    const from = group * this.#buckets;
    if (bucket !== null) return this.#dense[from + bucket] ?? 0;
    let sum = 0;
    for (let cell = from; cell < from + this.#buckets; cell++) sum += this.#dense[cell] ?? 0;
    return sum;
  }

  #reach(group: number): void {
    const needed = (group + 1) * this.#buckets;
    if (needed <= this.#dense.length) return;
    const larger = new Float64Array(Math.max(needed, this.#dense.length * 2));
    larger.set(this.#dense);
    this.#dense = larger;
  }
}

/** One group only. Runs of rows of one bucket are added at once: repeated increments of one cell wait for each other. */
function addToFirst(cells: Float64Array, buckets: Int32Array, count: number): void {
  let from = 0;
  while (from < count) {
    const bucket = buckets[from] as number;
    let to = from + 1;
    while (to < count && buckets[to] === bucket) to++;
    cells[bucket] = (cells[bucket] as number) + (to - from);
    from = to;
  }
}

interface Sum {
  count: number;
  /** Whole numbers, exact while below 2^53. */
  integers: number;
  fractions: ExactSum | null;
}

const SMALL_LIST = 16; // there may be one list per bucket and breakdown value
const SAFE_ADDEND = 2 ** 31; // 2^21 of them stay below 2^53
const FLUSH_AFTER = 2 ** 21;

/** Exact sums; whole numbers take a fast path of plain additions that cannot round. */
export class SumCells {
  readonly #cells: CellTable<Sum>;

  constructor(buckets: number) {
    this.#cells = new CellTable<Sum>(buckets, () => ({ count: 0, integers: 0, fractions: null }));
  }

  add({ rows, count, groups, buckets }: CellRows, { values, validity }: NumberColumn): void {
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      if (!isPresent(validity, row)) continue;
      addTo(this.#cells.cell(groups[i] as number, buckets[i] as number), values[row] as number);
    }
  }

  addOne({ group, bucket }: Cell, value: number): void {
    addTo(this.#cells.cell(group, bucket), value);
  }

  /** Sum and how many numbers it is of. */
  at(groups: readonly number[], bucket: number | null): { sum: number; count: number } {
    const total = new ExactSum();
    let count = 0;
    for (const cell of this.#cells.list(groups, bucket)) {
      count += cell.count;
      total.add(cell.integers);
      if (cell.fractions !== null) total.addSum(cell.fractions);
    }
    return { sum: total.value, count };
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
  readonly #cells: CellTable<NumberList>;

  constructor(buckets: number) {
    this.#cells = new CellTable(buckets, () => new NumberList(SMALL_LIST));
  }

  add({ rows, count, groups, buckets }: CellRows, { values, validity }: NumberColumn): void {
    for (let i = 0; i < count; i++) {
      const row = rows[i] as number;
      if (!isPresent(validity, row)) continue;
      this.#cells.cell(groups[i] as number, buckets[i] as number).push(values[row] as number);
    }
  }

  /** A copy of the numbers themselves, in no particular order. */
  values(groups: readonly number[], bucket: number | null): Float64Array {
    return joined(this.#cells.list(groups, bucket));
  }

  quantile(groups: readonly number[], bucket: number | null, q: number): number | null {
    return quantileInPlace(joined(this.#cells.list(groups, bucket)), q);
  }

  smallest(groups: readonly number[], bucket: number | null): number | null {
    return fold(this.#cells.list(groups, bucket), Math.min, Infinity);
  }

  largest(groups: readonly number[], bucket: number | null): number | null {
    return fold(this.#cells.list(groups, bucket), Math.max, -Infinity);
  }

  count(groups: readonly number[], bucket: number | null): number {
    return this.#cells.list(groups, bucket).reduce((sum, list) => sum + list.length, 0);
  }
}

function fold(
  lists: readonly NumberList[],
  pick: (a: number, b: number) => number,
  start: number,
): number | null {
  if (lists.length === 0) return null;
  return lists.reduce((best, list) => list.view().reduce((a, b) => pick(a, b), best), start);
}

function joined(lists: readonly NumberList[]): Float64Array {
  const all = new Float64Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list.view(), at);
    at += list.length;
  }
  return all;
}

function largest(numbers: Int32Array, count: number): number {
  let max = -1;
  for (let i = 0; i < count; i++) if ((numbers[i] as number) > max) max = numbers[i] as number;
  return max;
}
