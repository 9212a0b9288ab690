import { DAY_MS } from '../../../shared/time/calendar-date.ts';

/** Time as a row of buckets; rows count from `fromMs` (inclusive) to `toMs` (exclusive). */
export interface Axis {
  fromMs: number;
  toMs: number;
  /** Bucket i is [boundaries[i], boundaries[i + 1]); the first may begin before `fromMs`, the last end after `toMs`. */
  boundaries: readonly number[];
  buckets: number;
}

export function axisOf(boundaries: readonly number[], fromMs: number, toMs: number): Axis {
  return { fromMs, toMs, boundaries, buckets: Math.max(0, boundaries.length - 1) };
}

/** One bucket from end to end. */
export const wholeAxis = (fromMs: number, toMs: number): Axis => axisOf([fromMs, toMs], fromMs, toMs);

/** The bucket that holds an instant inside the axis. */
export function bucketAt({ boundaries }: Axis, tsMs: number): number {
  let low = 0;
  let high = boundaries.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((boundaries[middle] ?? 0) <= tsMs) low = middle;
    else high = middle;
  }
  return low;
}

/** Buckets of instants that come in order of time, each found from the one before. */
export class BucketWalk {
  readonly #boundaries: readonly number[];
  #bucket = 0;

  constructor({ boundaries }: Axis) {
    this.#boundaries = boundaries;
  }

  /** Begins again; the next instant may be any. */
  restart(): void {
    this.#bucket = 0;
  }

  /** The bucket of an instant inside the axis, not earlier than the one before. */
  at(tsMs: number): number {
    const boundaries = this.#boundaries;
    let bucket = this.#bucket;
    if (tsMs >= (boundaries[bucket + 1] as number)) {
      bucket++;
      let step = 1; // gallops, then halves: users skip days, and hours are many
      while (tsMs >= (boundaries[bucket + step] ?? Infinity)) {
        bucket += step;
        step *= 2;
      }
      for (; step >= 1; step = Math.floor(step / 2))
        if (tsMs >= (boundaries[bucket + step] ?? Infinity)) bucket += step;
    }
    this.#bucket = bucket;
    return bucket;
  }
}

const SLOT_MS = 15 * 60_000; // changes of offset and half-hour zones fall on quarters; others take a second look
const SLOTS = DAY_MS / SLOT_MS;

/**
 * Buckets of rows of one UTC day. A day is cut by few boundaries: none or one for days and longer, about 24 for hours,
 * where a table by quarter of an hour gives the first candidate.
 */
export function assignBuckets(
  axis: Axis,
  day: { dayMs: number; ms: Int32Array },
  rows: Int32Array,
  count: number,
  out: Int32Array,
): void {
  const { dayMs, ms } = day;
  const first = bucketAt(axis, Math.max(dayMs, axis.fromMs));
  const cuts = cutsOf(axis, first, dayMs);
  const [only = DAY_MS] = cuts;
  if (cuts.length === 0) out.fill(first, 0, count);
  else if (cuts.length === 1) assignAroundCut(ms, rows, count, { first, cutMs: only, out });
  else assignBySlots(ms, rows, count, { first, cuts, out });
}

/** Times of day at which the next bucket begins. */
function cutsOf({ boundaries, buckets }: Axis, first: number, dayMs: number): number[] {
  const cuts: number[] = [];
  for (let bucket = first + 1; bucket < buckets; bucket++) {
    const cutMs = (boundaries[bucket] ?? Infinity) - dayMs;
    if (cutMs >= DAY_MS) break;
    cuts.push(cutMs);
  }
  return cuts;
}

function assignAroundCut(
  ms: Int32Array,
  rows: Int32Array,
  count: number,
  { first, cutMs, out }: { first: number; cutMs: number; out: Int32Array },
): void {
  for (let i = 0; i < count; i++) out[i] = first + ((ms[rows[i] as number] as number) >= cutMs ? 1 : 0);
}

function assignBySlots(
  ms: Int32Array,
  rows: Int32Array,
  count: number,
  { first, cuts, out }: { first: number; cuts: readonly number[]; out: Int32Array },
): void {
  const passedAtSlot = new Int32Array(SLOTS);
  for (let slot = 0, passed = 0; slot < SLOTS; slot++) {
    while (passed < cuts.length && (cuts[passed] as number) <= slot * SLOT_MS) passed++;
    passedAtSlot[slot] = passed;
  }
  for (let i = 0; i < count; i++) {
    const at = ms[rows[i] as number] as number;
    let passed = passedAtSlot[(at / SLOT_MS) | 0] as number;
    while (passed < cuts.length && (cuts[passed] as number) <= at) passed++;
    out[i] = first + passed;
  }
}
