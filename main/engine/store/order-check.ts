import type { ColumnValues } from '../../format/elements.ts';
import { HOUR_MS, shardOf } from './sort-rows.ts';

/** Walks the rows of a segment in stored order: are they by (shard, user, time), and where does each shard begin? */
export class OrderCheck {
  rows = 0;
  minMs = Infinity;
  maxMs = -Infinity;
  readonly faults: string[] = [];
  readonly #shards: number;
  readonly #rowsOfShard: Int32Array;
  #shard = 0;
  #user = -1;
  #ms = -1;

  constructor(shards: number) {
    this.#shards = shards;
    this.#rowsOfShard = new Int32Array(shards);
  }

  add(users: ColumnValues, times: ColumnValues, hours: ColumnValues): void {
    for (let i = 0; i < users.length; i++) {
      const user = users[i] ?? 0;
      const ms = times[i] ?? 0;
      if (user !== this.#user) this.#enterUser(user);
      else if (ms < this.#ms) this.#fault('is before the row above it');
      if (hours[i] !== Math.floor(ms / HOUR_MS)) this.#fault('has another hour than its time');
      this.#ms = ms;
      if (ms < this.minMs) this.minMs = ms;
      if (ms > this.maxMs) this.maxMs = ms;
      this.#rowsOfShard[this.#shard] = (this.#rowsOfShard[this.#shard] ?? 0) + 1;
      this.rows++;
    }
  }

  /** Row index at which each shard begins, then the row count. */
  shardStarts(): Int32Array {
    const starts = new Int32Array(this.#shards + 1);
    this.#rowsOfShard.forEach((rows, shard) => (starts[shard + 1] = (starts[shard] ?? 0) + rows));
    return starts;
  }

  #enterUser(user: number): void {
    const shard = shardOf(user, this.#shards);
    const follows = shard > this.#shard || (shard === this.#shard && user > this.#user);
    if (!follows) this.#fault('belongs before the row above it');
    this.#shard = shard;
    this.#user = user;
  }

  /** One is enough: rows behind it are rarely right either. */
  #fault(what: string): void {
    if (this.faults.length === 0) this.faults.push(`row ${this.rows} ${what}`);
  }
}
