import { AppError } from '../../../../shared/errors.ts';
import type { ColumnValues } from '../../../format/elements.ts';
import { BLOCK_ROWS, readStored } from '../../../format/read-blocks.ts';
import type { StoredColumn } from '../../../format/types.ts';
import { shardOf } from '../sort-rows.ts';
import { type Breathe, type MergeSource, columnOf } from './merge-source.ts';

/** Of a pick: the source, and whether its next row is left out. */
export const SOURCE_MASK = 0x7fff;
export const LEFT_OUT = 0x8000;

const USER_CODES = 2 ** 31;
const PICKS_PER_TURN = 1 << 18;

/**
 * The order in which rows of sorted segments make one sorted file: one pick per row, the source whose next row it is.
 * Rows equal in shard, user and time come in the order of the sources. Two bytes of memory per row, and a block of two
 * columns per source.
 */
export async function mergeOrder(
  sources: readonly MergeSource[],
  shards: number,
  breathe: Breathe,
): Promise<Uint16Array> {
  const total = sources.reduce((sum, { segment }) => sum + segment.rows, 0);
  const picks = new Uint16Array(total);
  const heap = sources.map((source, index) => new Cursor(source, index, shards));
  for (let at = (heap.length >> 1) - 1; at >= 0; at--) siftDown(heap, at);
  for (let done = 0; done < total; done++) {
    const [first] = heap;
    if (first === undefined) throw new AppError('internal', 'a merge ran out of rows');
    picks[done] = first.index | (first.isTaken ? 0 : LEFT_OUT);
    if (!first.advance()) removeFirst(heap);
    siftDown(heap, 0);
    if (done % PICKS_PER_TURN === PICKS_PER_TURN - 1) await breathe();
  }
  return picks;
}

/** Where a source stands; its key orders by shard, then user. */
class Cursor {
  readonly index: number;
  key = 0;
  ms = 0;
  readonly #source: MergeSource;
  readonly #shards: number;
  readonly #userColumn: StoredColumn;
  readonly #msColumn: StoredColumn;
  #users: ColumnValues = new Int32Array(0);
  #times: ColumnValues = new Int32Array(0);
  #row = 0;
  #blockStart = 0;
  #user = -1;

  constructor(source: MergeSource, index: number, shards: number) {
    const userColumn = columnOf(source.segment, 'user');
    const msColumn = columnOf(source.segment, 'ms');
    if (userColumn === undefined || msColumn === undefined)
      throw new AppError('corrupt', `${source.segment.file} has no users or times`);
    this.index = index;
    this.#source = source;
    this.#shards = shards;
    this.#userColumn = userColumn;
    this.#msColumn = msColumn;
    this.#readBlock();
  }

  get isTaken(): boolean {
    return this.#source.taken === null || this.#source.taken[this.#row] === 1;
  }

  /** False behind the last row. */
  advance(): boolean {
    this.#row++;
    if (this.#row === this.#source.segment.rows) return false;
    if (this.#row - this.#blockStart === this.#users.length) this.#readBlock();
    else this.#take();
    return true;
  }

  #readBlock(): void {
    const { read, segment } = this.#source;
    const end = Math.min(segment.rows, this.#row + BLOCK_ROWS);
    this.#blockStart = this.#row;
    this.#users = readStored(read, this.#userColumn, this.#row, end);
    this.#times = readStored(read, this.#msColumn, this.#row, end);
    this.#take();
  }

  #take(): void {
    const at = this.#row - this.#blockStart;
    const user = this.#users[at] ?? 0;
    this.ms = this.#times[at] ?? 0;
    if (user === this.#user) return;
    this.#user = user;
    this.key = shardOf(user, this.#shards) * USER_CODES + user;
  }
}

const isBefore = (a: Cursor, b: Cursor): boolean =>
  a.key !== b.key ? a.key < b.key : a.ms !== b.ms ? a.ms < b.ms : a.index < b.index;

function removeFirst(heap: Cursor[]): void {
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) heap[0] = last;
}

function siftDown(heap: Cursor[], start: number): void {
  const moved = heap[start];
  if (moved === undefined) return;
  let at = start;
  for (;;) {
    let child = at * 2 + 1;
    const left = heap[child];
    if (left === undefined) break;
    const right = heap[child + 1];
    const smaller = right !== undefined && isBefore(right, left) ? right : left;
    if (smaller === right) child++;
    if (!isBefore(smaller, moved)) break;
    heap[at] = smaller;
    at = child;
  }
  heap[at] = moved;
}
