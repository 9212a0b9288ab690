import type pg from 'pg';
import QueryStream from 'pg-query-stream';
import type { RowFeed } from './row-feed.ts';
import { AS_TEXT } from './text-values.ts';

const BATCH_ROWS = 1000;

/**
 * The same as COPY delivers, by a server-side cursor: for what speaks the protocol but does not copy the rows of a query.
 */
export class CursorOut implements RowFeed {
  readonly begun: Promise<void>;
  readonly #rows: AsyncIterator<(string | null)[]>;
  #first: Promise<IteratorResult<(string | null)[]>>;

  constructor(client: pg.Client, select: string) {
    const options = { rowMode: 'array', types: AS_TEXT, batchSize: BATCH_ROWS } as const;
    const stream = client.query(new QueryStream(select, [], options));
    this.#rows = stream[Symbol.asyncIterator]() as AsyncIterator<(string | null)[]>;
    this.#first = this.#rows.next();
    this.begun = this.#first.then(() => undefined);
    this.begun.catch(() => undefined); // told to whoever waits for it
  }

  async next(): Promise<Uint8Array | null> {
    const lines: string[] = [];
    let row = await this.#first;
    while (row.done !== true && lines.push(lineOf(row.value)) < BATCH_ROWS) row = await this.#rows.next();
    this.#first = row.done === true ? Promise.resolve(row) : this.#rows.next();
    this.#first.catch(() => undefined); // told to whoever takes it
    return lines.length === 0 ? null : Buffer.from(lines.join(''));
  }
}

const lineOf = (values: readonly (string | null)[]): string =>
  `${values.map((value) => (value === null ? '\\N' : escaped(value))).join('\t')}\n`;

const LETTERS: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const escaped = (value: string): string =>
  value.replaceAll(/[\\\t\n\r]/g, (found) => LETTERS[found] ?? found);
