import type { Grouping } from '../plan/grouping.ts';

/** The rows of one segment that a timeline takes; each array holds one entry per row. */
export interface RowChunk {
  /** Position in the view's segments. */
  segment: number;
  dayMs: number;
  /** 0: no unit, the row takes no part. */
  units: Int32Array;
  /** Within the day. */
  ms: Int32Array;
  /** Roles of each row; null: all have `mask`. */
  masks: Int32Array | null;
  mask: number;
  /** Rows in the segment; null: one after the other from `firstRow` on. */
  rows: Int32Array | null;
  firstRow: number;
  /** One column per grouping; null where it tells nothing apart. */
  groups: readonly (Int32Array | null)[];
  numbers: Float64Array | null;
}

/** Rows of a timeline as columns: unit by unit, within a unit segment by segment as they were gathered. */
export interface ScatteredRows {
  /** Numbers of the units that have rows, and where the rows of each begin; one more start at the end. */
  units: Int32Array;
  starts: Int32Array;
  tsMs: Float64Array;
  masks: Int32Array;
  groups: Int32Array[];
  numbers: Float64Array | null;
  /** How many rows were gathered before each; empty unless asked for. */
  gathered: Int32Array;
}

export interface ScatterOptions {
  groupings: readonly Grouping[];
  hasNumbers: boolean;
  hasPlaces: boolean;
}

/** Counting sort by unit: every chunk is read once to count and once to write each row where it belongs. */
export function scatterByUnit(chunks: readonly RowChunk[], options: ScatterOptions): ScatteredRows {
  const counts = countByUnit(chunks);
  const { units, starts, next } = layOut(counts);
  const total = starts[units.length] as number;
  const places = options.hasPlaces ? total : 0;
  const scattered: ScatteredRows = {
    units,
    starts,
    tsMs: new Float64Array(total),
    masks: new Int32Array(total),
    groups: options.groupings.map(() => new Int32Array(total)),
    numbers: options.hasNumbers ? new Float64Array(total) : null,
    gathered: new Int32Array(places),
  };
  let before = 0;
  for (const chunk of chunks) {
    scatterChunk(chunk, before, next, scattered);
    before += chunk.units.length;
  }
  return scattered;
}

/** Index 0 counts rows without a unit. */
function countByUnit(chunks: readonly RowChunk[]): Int32Array {
  let largest = 0;
  for (const { units } of chunks) largest = Math.max(largest, largestOf(units));
  const counts = new Int32Array(largest + 1);
  for (const { units } of chunks) countUnits(units, counts);
  return counts;
}

function largestOf(units: Int32Array): number {
  let largest = 0;
  for (const unit of units) if (unit > largest) largest = unit;
  return largest;
}

function countUnits(units: Int32Array, counts: Int32Array): void {
  for (const unit of units) counts[unit] = (counts[unit] as number) + 1;
}

/** `next`: where the next row of each unit goes, by its number. */
function layOut(counts: Int32Array): { units: Int32Array; starts: Int32Array; next: Int32Array } {
  let distinct = 0;
  for (let unit = 1; unit < counts.length; unit++) if (counts[unit] !== 0) distinct++;
  const units = new Int32Array(distinct);
  const starts = new Int32Array(distinct + 1);
  const next = counts; // a count is not needed once its place is known
  let at = 0;
  let index = 0;
  for (let unit = 1; unit < counts.length; unit++) {
    const count = counts[unit] as number;
    next[unit] = at;
    if (count === 0) continue;
    units[index] = unit;
    starts[index++] = at;
    at += count;
  }
  starts[distinct] = at;
  return { units, starts, next };
}

function scatterChunk(chunk: RowChunk, before: number, next: Int32Array, to: ScatteredRows): void {
  const hasMore = to.gathered.length > 0 || to.numbers !== null || chunk.groups.some((own) => own !== null);
  if (hasMore) scatterAll(chunk, before, placesOf(chunk, next), to);
  else if (chunk.masks === null) scatterTimes(chunk, next, to);
  else scatterMarks(chunk, chunk.masks, next, to);
}

/** The commonest case: all rows of a segment in one role. */
function scatterTimes({ units, ms, dayMs, mask }: RowChunk, next: Int32Array, to: ScatteredRows): void {
  const { tsMs, masks } = to;
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as number;
    if (unit === 0) continue;
    const at = next[unit] as number;
    next[unit] = at + 1;
    tsMs[at] = dayMs + (ms[i] as number);
    masks[at] = mask;
  }
}

function scatterMarks(
  { units, ms, dayMs }: RowChunk,
  marks: Int32Array,
  next: Int32Array,
  to: ScatteredRows,
): void {
  const { tsMs, masks } = to;
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as number;
    if (unit === 0) continue;
    const at = next[unit] as number;
    next[unit] = at + 1;
    tsMs[at] = dayMs + (ms[i] as number);
    masks[at] = marks[i] as number;
  }
}

/** Where each row of a chunk goes; −1: nowhere. */
function placesOf({ units }: RowChunk, next: Int32Array): Int32Array {
  const places = new Int32Array(units.length);
  for (let i = 0; i < units.length; i++) {
    const unit = units[i] as number;
    if (unit === 0) places[i] = -1;
    else {
      places[i] = next[unit] as number;
      next[unit] = (next[unit] as number) + 1;
    }
  }
  return places;
}

function scatterAll(chunk: RowChunk, before: number, places: Int32Array, to: ScatteredRows): void {
  const { ms, dayMs, mask, masks } = chunk;
  for (let i = 0; i < places.length; i++) {
    const at = places[i] as number;
    if (at < 0) continue;
    to.tsMs[at] = dayMs + (ms[i] as number);
    to.masks[at] = masks === null ? mask : (masks[i] as number);
  }
  for (const [index, column] of to.groups.entries()) putInts(chunk.groups[index] ?? null, places, column);
  if (to.numbers !== null && chunk.numbers !== null) putNumbers(chunk.numbers, places, to.numbers);
  if (to.gathered.length === 0) return;
  for (let i = 0; i < places.length; i++) {
    const at = places[i] as number;
    if (at >= 0) to.gathered[at] = before + i;
  }
}

/** Where a row lies, by how many were gathered before it. */
export function createPlaceOf(
  chunks: readonly RowChunk[],
): (gathered: number) => { segment: number; row: number } {
  const firsts = [0];
  for (const { units } of chunks) firsts.push((firsts.at(-1) as number) + units.length);
  return (gathered) => {
    let low = 0;
    let high = firsts.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((firsts[middle] as number) <= gathered) low = middle;
      else high = middle;
    }
    const { segment, rows, firstRow } = chunks[low] as RowChunk;
    const index = gathered - (firsts[low] as number);
    return { segment, row: rows === null ? firstRow + index : (rows[index] as number) };
  };
}

function putInts(values: Int32Array | null, places: Int32Array, out: Int32Array): void {
  if (values === null) return;
  for (let i = 0; i < places.length; i++) {
    const at = places[i] as number;
    if (at >= 0) out[at] = values[i] as number;
  }
}

function putNumbers(values: Float64Array, places: Int32Array, out: Float64Array): void {
  for (let i = 0; i < places.length; i++) {
    const at = places[i] as number;
    if (at >= 0) out[at] = values[i] as number;
  }
}
