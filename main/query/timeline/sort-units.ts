import type { ScatteredRows } from './gathered-rows.ts';

/** Whether an event comes before another of the same instant; both as positions in the columns. */
export type IsBefore = (a: number, b: number) => boolean;

/**
 * Puts each unit's rows in order of time; those of one instant by `isBefore`, or in no defined order. Segments come day
 * by day and each is sorted, so rows are only a few places off: they are inserted where they belong. A unit for which
 * that takes too long is sorted outright.
 */
export function sortUnits(rows: ScatteredRows, isBefore: IsBefore | null): void {
  const { starts, tsMs } = rows;
  const sorter = new UnitSorter(rows, isBefore);
  for (let unit = 0; unit + 1 < starts.length; unit++) {
    const [from, to] = [starts[unit] as number, starts[unit + 1] as number];
    if (!isInOrder(tsMs, from, to, isBefore !== null)) sorter.sort(from, to);
  }
}

/** Ties count as disorder where their order matters. */
function isInOrder(tsMs: Float64Array, from: number, to: number, isStrict: boolean): boolean {
  let before = -Infinity;
  for (let i = from; i < to; i++) {
    const at = tsMs[i] as number;
    if (at < before || (isStrict && at === before)) return false;
    before = at;
  }
  return true;
}

const MOST_SHIFTS_PER_ROW = 16; // beyond, comparing log n times is cheaper

class UnitSorter {
  readonly #rows: ScatteredRows;
  readonly #isBefore: IsBefore | null;
  readonly #intColumns: Int32Array[];
  #times = new Float64Array(FIRST_LENGTH);
  /** Where the row that belongs here lay, from the unit's first on. */
  #order = new Int32Array(FIRST_LENGTH);
  #ints = new Int32Array(FIRST_LENGTH);

  constructor(rows: ScatteredRows, isBefore: IsBefore | null) {
    this.#rows = rows;
    this.#isBefore = isBefore;
    this.#intColumns = [rows.masks, ...rows.groups, rows.gathered].filter(({ length }) => length > 0);
  }

  sort(from: number, to: number): void {
    const { tsMs, numbers } = this.#rows;
    const count = to - from;
    this.#reserve(count);
    if (!this.#insertAll(from, count)) this.#sortOutright(from, count);
    const order = this.#order;
    for (const column of this.#intColumns) {
      const ints = this.#ints;
      for (let i = 0; i < count; i++) ints[i] = column[from + (order[i] as number)] as number;
      for (let i = 0; i < count; i++) column[from + i] = ints[i] as number;
    }
    const times = this.#times;
    if (numbers !== null) {
      for (let i = 0; i < count; i++) times[i] = numbers[from + (order[i] as number)] as number;
      for (let i = 0; i < count; i++) numbers[from + i] = times[i] as number;
    }
    for (let i = 0; i < count; i++) times[i] = tsMs[from + (order[i] as number)] as number;
    for (let i = 0; i < count; i++) tsMs[from + i] = times[i] as number;
  }

  /** False where it would take too long. */
  #insertAll(from: number, count: number): boolean {
    const { tsMs } = this.#rows;
    const [times, order, isBefore] = [this.#times, this.#order, this.#isBefore];
    let shiftsLeft = count * MOST_SHIFTS_PER_ROW;
    for (let i = 0; i < count; i++) {
      const time = tsMs[from + i] as number;
      let at = i;
      while (at > 0) {
        const before = times[at - 1] as number;
        if (before < time) break;
        if (before === time && isBefore?.(from + i, from + (order[at - 1] as number)) !== true) break;
        times[at] = before;
        order[at] = order[at - 1] as number;
        at--;
      }
      times[at] = time;
      order[at] = i;
      shiftsLeft -= i - at;
      if (shiftsLeft < 0) return false;
    }
    return true;
  }

  #sortOutright(from: number, count: number): void {
    const { tsMs } = this.#rows;
    const isBefore = this.#isBefore;
    const order = this.#order.subarray(0, count);
    for (let i = 0; i < count; i++) order[i] = i;
    order.sort((a, b) => {
      const difference = (tsMs[from + a] as number) - (tsMs[from + b] as number);
      if (difference !== 0 || isBefore === null) return difference;
      return isBefore(from + a, from + b) ? -1 : isBefore(from + b, from + a) ? 1 : 0;
    });
  }

  #reserve(count: number): void {
    if (count <= this.#order.length) return;
    const length = Math.max(count, this.#order.length * 2);
    this.#times = new Float64Array(length);
    this.#order = new Int32Array(length);
    this.#ints = new Int32Array(length);
  }
}

const FIRST_LENGTH = 256;
