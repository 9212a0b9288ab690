/** How many groups are worth an index by bucket when the same union is asked for bucket after bucket. */
const MANY_GROUPS = 16;
/** A group with so many cells gets one slot per bucket. */
const DENSE_FROM = 16;

/**
 * Things per cell (group, bucket), made when first needed. Holds what occurs, not groups × buckets: a breakdown by user
 * has tens of thousands of groups with a few buckets each.
 */
export class CellTable<T> {
  readonly #buckets: number;
  readonly #make: () => T;
  readonly #rows: (Row<T> | undefined)[] = [];
  /** Cells of a union of many groups, by bucket; asked for by the same list of groups. */
  readonly #unions = new WeakMap<readonly number[], T[][]>();

  constructor(buckets: number, make: () => T) {
    this.#buckets = buckets;
    this.#make = make;
  }

  cell(group: number, bucket: number): T {
    const row = (this.#rows[group] ??= new Row<T>(this.#buckets));
    return row.get(bucket) ?? row.set(bucket, this.#make());
  }

  /** Cells of some groups in one bucket, or with bucket null in all. The list of groups must not change. */
  list(groups: readonly number[], bucket: number | null): readonly T[] {
    if (groups.length >= MANY_GROUPS && bucket !== null) return this.#unionOf(groups)[bucket] ?? [];
    const found: T[] = [];
    for (const group of groups) {
      const row = this.#rows[group];
      if (row === undefined) continue;
      if (bucket === null) row.forEach((_bucket, cell) => found.push(cell));
      else {
        const cell = row.get(bucket);
        if (cell !== undefined) found.push(cell);
      }
    }
    return found;
  }

  #unionOf(groups: readonly number[]): T[][] {
    const known = this.#unions.get(groups);
    if (known !== undefined) return known;
    const byBucket = Array.from({ length: this.#buckets }, (): T[] => []);
    for (const group of groups) this.#rows[group]?.forEach((bucket, cell) => byBucket[bucket]?.push(cell));
    this.#unions.set(groups, byBucket);
    return byBucket;
  }
}

/** The cells of one group: a short list while there are few, then one slot per bucket. */
class Row<T> {
  readonly #width: number;
  #buckets: number[] = [];
  #cells: T[] = [];
  #dense: (T | undefined)[] | null = null;

  constructor(width: number) {
    this.#width = width;
  }

  get(bucket: number): T | undefined {
    if (this.#dense !== null) return this.#dense[bucket];
    for (let i = this.#buckets.length - 1; i >= 0; i--)
      if (this.#buckets[i] === bucket) return this.#cells[i]; // newest first: rows come by day
    return undefined;
  }

  set(bucket: number, cell: T): T {
    if (this.#dense === null && this.#buckets.length === DENSE_FROM) this.#spread();
    if (this.#dense !== null) this.#dense[bucket] = cell;
    else {
      this.#buckets.push(bucket);
      this.#cells.push(cell);
    }
    return cell;
  }

  forEach(visit: (bucket: number, cell: T) => void): void {
    if (this.#dense === null) {
      this.#buckets.forEach((bucket, index) => visit(bucket, this.#cells[index] as T));
      return;
    }
    for (const [bucket, cell] of this.#dense.entries()) if (cell !== undefined) visit(bucket, cell);
  }

  #spread(): void {
    const dense = new Array<T | undefined>(this.#width).fill(undefined);
    this.#buckets.forEach((bucket, index) => (dense[bucket] = this.#cells[index]));
    this.#dense = dense;
    this.#buckets = [];
    this.#cells = [];
  }
}
