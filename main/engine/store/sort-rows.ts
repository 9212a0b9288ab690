import { mix32 } from './byte-hash.ts';

export const DAY_MS = 24 * 60 * 60 * 1000;

export const shardOf = (userCode: number, shards: number): number => mix32(userCode) % shards;

export interface SortedRows {
  /** Row numbers of the batch by (day, shard, user, time, arrival). */
  order: Int32Array;
  /** By row number: UTC day since 1970, and milliseconds within it. */
  day: Int32Array;
  ms: Int32Array;
}

/**
 * Orders the kept rows of a batch in linear time: least significant digit first, each pass stable, so rows that are
 * equal in everything stay in order of arrival.
 */
export function sortRows(
  batch: { rows: number; tsMs: Float64Array; users: Int32Array },
  kept: Uint8Array,
  shards: number,
): SortedRows {
  const { rows } = batch;
  const day = new Int32Array(rows);
  const ms = new Int32Array(rows);
  const rank = ranksOf(batch.users, rows, shards);
  let order = new Int32Array(rows);
  let count = 0;
  let firstDay = Infinity;
  for (let row = 0; row < rows; row++) {
    const tsMs = batch.tsMs[row] ?? 0;
    const days = Math.floor(tsMs / DAY_MS);
    day[row] = days;
    ms[row] = tsMs - days * DAY_MS;
    if (kept[row] === 0) continue;
    order[count++] = row;
    if (days < firstDay) firstDay = days;
  }
  order = order.subarray(0, count);
  let spare = new Int32Array(count);
  for (const { key, base, bits } of [
    { key: ms, base: 0, bits: 27 },
    { key: rank, base: 0, bits: bitsFor(rows) },
    { key: day, base: firstDay, bits: bitsFor(highest(day, order) - firstDay) },
  ]) {
    for (let shift = 0; shift < bits; shift += DIGIT_BITS) {
      scatter(order, spare, key, base, shift);
      [order, spare] = [spare, order];
    }
  }
  return { order, day, ms };
}

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

const bitsFor = (max: number): number => 32 - Math.clz32(max);

function highest(values: Int32Array, rows: Int32Array): number {
  let max = -Infinity;
  for (const row of rows) max = Math.max(max, values[row] ?? 0);
  return rows.length === 0 ? 0 : max;
}

function scatter(from: Int32Array, to: Int32Array, key: Int32Array, base: number, shift: number): void {
  const starts = new Int32Array(DIGITS + 1);
  for (const row of from) {
    const digit = (((key[row] ?? 0) - base) >>> shift) & (DIGITS - 1);
    starts[digit + 1] = (starts[digit + 1] ?? 0) + 1;
  }
  for (let digit = 0; digit < DIGITS; digit++)
    starts[digit + 1] = (starts[digit + 1] ?? 0) + (starts[digit] ?? 0);
  for (const row of from) {
    const digit = (((key[row] ?? 0) - base) >>> shift) & (DIGITS - 1);
    const at = starts[digit] ?? 0;
    to[at] = row;
    starts[digit] = at + 1;
  }
}

/** By row: the place of its user among the batch's users, ordered by (shard, code). At most `rows` of them. */
function ranksOf(users: Int32Array, rows: number, shards: number): Int32Array {
  let maxCode = 0;
  for (let row = 0; row < rows; row++) maxCode = Math.max(maxCode, users[row] ?? 0);
  const seen = new Uint8Array(maxCode + 1);
  for (let row = 0; row < rows; row++) seen[users[row] ?? 0] = 1;
  const next = shardStarts(seen, shards);
  const rankOf = new Int32Array(maxCode + 1);
  for (let code = 0; code <= maxCode; code++) {
    if (seen[code] === 0) continue;
    const shard = shardOf(code, shards);
    const rank = next[shard] ?? 0;
    rankOf[code] = rank;
    next[shard] = rank + 1;
  }
  const ranks = new Int32Array(rows);
  for (let row = 0; row < rows; row++) ranks[row] = rankOf[users[row] ?? 0] ?? 0;
  return ranks;
}

function shardStarts(seen: Uint8Array, shards: number): Int32Array {
  const starts = new Int32Array(shards + 1);
  for (let code = 0; code < seen.length; code++) {
    if (seen[code] === 0) continue;
    const shard = shardOf(code, shards);
    starts[shard + 1] = (starts[shard + 1] ?? 0) + 1;
  }
  for (let shard = 0; shard < shards; shard++)
    starts[shard + 1] = (starts[shard + 1] ?? 0) + (starts[shard] ?? 0);
  return starts;
}
