import { mix32 } from './byte-hash.ts';

export const HOUR_MS = 60 * 60 * 1000;
export const DAY_MS = 24 * HOUR_MS;

export const shardOf = (userCode: number, shards: number): number => mix32(userCode) % shards;

export interface SortedRows {
  /** Row numbers of the batch by (day, shard, user, time, arrival). */
  order: Int32Array;
  /** By row number: UTC day since 1970, and milliseconds within it. */
  day: Int32Array;
  ms: Int32Array;
}

const MS_BITS = 27; // milliseconds of a day
const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/**
 * Orders the kept rows of a batch in linear time: first by day, then each day by (shard, user, time), least
 * significant digit first. Every pass is stable, so rows that are equal in everything stay in order of arrival; and a
 * day fits into the cache where a batch does not.
 */
export function sortRows(
  batch: { rows: number; tsMs: Float64Array; users: Int32Array },
  kept: Uint8Array,
  shards: number,
): SortedRows {
  const { day, ms } = splitTimes(batch.tsMs, batch.rows);
  const rank = ranksOf(batch.users, batch.rows, shards);
  const order = orderByDay(day, kept);
  const spare = new Int32Array(order.length);
  const rankBits = 32 - Math.clz32(batch.rows);
  for (let start = 0; start < order.length;) {
    const today = day[order[start] ?? 0];
    let end = start + 1;
    while (end < order.length && day[order[end] ?? 0] === today) end++;
    const rows = order.subarray(start, end);
    const other = spare.subarray(start, end);
    if (!isAscending(rows, ms)) sortByKey(rows, other, ms, MS_BITS);
    sortByKey(rows, other, rank, rankBits);
    start = end;
  }
  return { order, day, ms };
}

function splitTimes(tsMs: Float64Array, rows: number): { day: Int32Array; ms: Int32Array } {
  const day = new Int32Array(rows);
  const ms = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const time = tsMs[row] ?? 0;
    const days = Math.floor(time / DAY_MS);
    day[row] = days;
    ms[row] = time - days * DAY_MS;
  }
  return { day, ms };
}

function orderByDay(day: Int32Array, kept: Uint8Array): Int32Array {
  let first = Infinity;
  let last = -Infinity;
  let rows = 0;
  for (let row = 0; row < day.length; row++) {
    if (kept[row] === 0) continue;
    rows++;
    first = Math.min(first, day[row] ?? 0);
    last = Math.max(last, day[row] ?? 0);
  }
  const order = new Int32Array(rows);
  if (rows === 0) return order;
  const starts = new Int32Array(last - first + 2);
  for (let row = 0; row < day.length; row++) {
    if (kept[row] === 1) count(starts, (day[row] ?? 0) - first);
  }
  accumulate(starts);
  for (let row = 0; row < day.length; row++) {
    if (kept[row] === 1) order[take(starts, (day[row] ?? 0) - first)] = row;
  }
  return order;
}

function isAscending(rows: Int32Array, key: Int32Array): boolean {
  let previous = -1;
  for (const row of rows) {
    const value = key[row] ?? 0;
    if (value < previous) return false;
    previous = value;
  }
  return true;
}

/** Sorts `rows` by `key`, digit by digit; `spare` is scratch of the same length. */
function sortByKey(rows: Int32Array, spare: Int32Array, key: Int32Array, bits: number): void {
  let from = rows;
  let to = spare;
  for (let shift = 0; shift < bits; shift += DIGIT_BITS) {
    const starts = new Int32Array(DIGITS + 1);
    for (const row of from) count(starts, ((key[row] ?? 0) >>> shift) & (DIGITS - 1));
    accumulate(starts);
    for (const row of from) to[take(starts, ((key[row] ?? 0) >>> shift) & (DIGITS - 1))] = row;
    [from, to] = [to, from];
  }
  if (from !== rows) rows.set(from);
}

/** Counting sort in three steps: count into the place behind, add up, take places from the front. */
const count = (starts: Int32Array, digit: number): void => {
  starts[digit + 1] = (starts[digit + 1] ?? 0) + 1;
};

function accumulate(starts: Int32Array): void {
  for (let digit = 1; digit < starts.length; digit++)
    starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0);
}

const take = (starts: Int32Array, digit: number): number => {
  const at = starts[digit] ?? 0;
  starts[digit] = at + 1;
  return at;
};

/** By row: the place of its user among the batch's users, ordered by (shard, code). At most `rows` of them. */
function ranksOf(users: Int32Array, rows: number, shards: number): Int32Array {
  let maxCode = 0;
  for (let row = 0; row < rows; row++) maxCode = Math.max(maxCode, users[row] ?? 0);
  const seen = new Uint8Array(maxCode + 1);
  for (let row = 0; row < rows; row++) seen[users[row] ?? 0] = 1;
  const starts = new Int32Array(shards + 1);
  for (let code = 0; code <= maxCode; code++) if (seen[code] === 1) count(starts, shardOf(code, shards));
  accumulate(starts);
  const rankOf = new Int32Array(maxCode + 1);
  for (let code = 0; code <= maxCode; code++) {
    if (seen[code] === 1) rankOf[code] = take(starts, shardOf(code, shards));
  }
  const ranks = new Int32Array(rows);
  for (let row = 0; row < rows; row++) ranks[row] = rankOf[users[row] ?? 0] ?? 0;
  return ranks;
}
