/** Events by unit, each unit's in order of time; `units` are those that have events, `starts` one entry longer. */
export interface UnitOrder {
  order: Int32Array;
  units: Int32Array;
  starts: Int32Array;
}

/**
 * Counting sort by unit, then each unit's events by time; those of one instant by `isBefore`, or in no defined order.
 * Segments are sorted by user and time, so most units come in order already.
 */
export function orderByUnit(
  unitOf: Int32Array,
  tsMs: Float64Array,
  isBefore: ((a: number, b: number) => boolean) | null,
): UnitOrder {
  const counts = countByUnit(unitOf);
  const units: number[] = [];
  const next = new Int32Array(counts.length);
  let at = 0;
  for (let unit = 0; unit < counts.length; unit++) {
    if (counts[unit] === 0) continue;
    units.push(unit);
    next[unit] = at;
    at += counts[unit] as number;
  }
  const order = new Int32Array(unitOf.length);
  for (let i = 0; i < unitOf.length; i++) {
    const unit = unitOf[i] as number;
    order[next[unit] as number] = i;
    next[unit] = (next[unit] as number) + 1;
  }
  const starts = startsOf(units, counts);
  sortEach(order, starts, tsMs, isBefore);
  return { order, units: Int32Array.from(units), starts };
}

function countByUnit(unitOf: Int32Array): Int32Array {
  let largest = 0;
  for (const unit of unitOf) if (unit > largest) largest = unit;
  const counts = new Int32Array(largest + 1);
  for (const unit of unitOf) counts[unit] = (counts[unit] as number) + 1;
  return counts;
}

function startsOf(units: readonly number[], counts: Int32Array): Int32Array {
  const starts = new Int32Array(units.length + 1);
  units.forEach((unit, index) => {
    starts[index + 1] = (starts[index] as number) + (counts[unit] as number);
  });
  return starts;
}

function sortEach(
  order: Int32Array,
  starts: Int32Array,
  tsMs: Float64Array,
  isBefore: ((a: number, b: number) => boolean) | null,
): void {
  const compare = (a: number, b: number): number => {
    const difference = (tsMs[a] as number) - (tsMs[b] as number);
    if (difference !== 0 || isBefore === null) return difference;
    return isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0;
  };
  for (let unit = 0; unit + 1 < starts.length; unit++) {
    const [from, to] = [starts[unit] as number, starts[unit + 1] as number];
    if (!isInOrder(order, from, to, tsMs, isBefore !== null)) order.subarray(from, to).sort(compare);
  }
}

/** Ties count as disorder where their order matters. */
function isInOrder(
  order: Int32Array,
  from: number,
  to: number,
  tsMs: Float64Array,
  isStrict: boolean,
): boolean {
  for (let i = from + 1; i < to; i++) {
    const difference = (tsMs[order[i] as number] as number) - (tsMs[order[i - 1] as number] as number);
    if (difference < 0 || (isStrict && difference === 0)) return false;
  }
  return true;
}
