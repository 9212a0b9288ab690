import type { ColumnValues } from '../../../format/elements.ts';
import { shardOf } from '../sort-rows.ts';
import type { MergedColumn } from './column-parts.ts';

/** Where the shards of a merged file begin and what time it spans, gathered while its columns are written. */
export class MergedSpan {
  readonly #dayMs: number;
  readonly #shards: number;
  readonly #rowsOfShard: Int32Array;
  #minMs = Infinity;
  #maxMs = -Infinity;

  constructor(day: string, shards: number) {
    this.#dayMs = Date.parse(day);
    this.#shards = shards;
    this.#rowsOfShard = new Int32Array(shards);
  }

  add({ shape: { name } }: MergedColumn, values: ColumnValues): void {
    if (name === 'ms') this.#addTimes(values);
    if (name === 'user') this.#addUsers(values);
  }

  facts(): { minTsMs: number; maxTsMs: number; shardStarts: Int32Array } {
    const shardStarts = new Int32Array(this.#shards + 1);
    this.#rowsOfShard.forEach((rows, shard) => (shardStarts[shard + 1] = (shardStarts[shard] ?? 0) + rows));
    return { minTsMs: this.#dayMs + this.#minMs, maxTsMs: this.#dayMs + this.#maxMs, shardStarts };
  }

  #addTimes(times: ColumnValues): void {
    for (const ms of times) {
      if (ms < this.#minMs) this.#minMs = ms;
      if (ms > this.#maxMs) this.#maxMs = ms;
    }
  }

  #addUsers(users: ColumnValues): void {
    for (const user of users) {
      const shard = shardOf(user, this.#shards);
      this.#rowsOfShard[shard] = (this.#rowsOfShard[shard] ?? 0) + 1;
    }
  }
}
