import type { Readable } from 'node:stream';
import type { ObjectFormat } from '../formats/object-format.ts';
import { RequestGate } from '../network/request-gate.ts';
import { withRetries } from '../network/retry.ts';
import type { Surroundings } from '../network/surroundings.ts';
import type { FoundTable } from '../source-reader.ts';
import { freeTextOf } from '../tables/free-text-of.ts';
import { type TableColumn, selectColumns } from '../tables/select-columns.ts';
import type { CountedRows, TableAccess, TablePart, TableRows } from '../tables/table-access.ts';
import { labelOfPart } from '../tables/table-keys.ts';
import type { ClickHouseSource } from './clickhouse-config.ts';
import { Refusal, clickHouseFaultOf, isShapeChanged, judgeClickHouse } from './clickhouse-faults.ts';
import { brokenRead, faultBecauseOf, noTable, type TableNames } from '../tables/table-faults.ts';
import { ClickHouseHttp, type HttpOptions, idleGuarded } from './clickhouse-http.ts';
import { type ClickHouseStatements, clickHouseStatements } from './clickhouse-sql.ts';
import { named, quoted } from './clickhouse-text.ts';
import { isWholeArrow, isWholeJsonRows, wholeAnswer } from './whole-answer.ts';

const MOST_TABLES = 1000; // that a screen could list
const MOST_REQUESTS = 2; // analytics must not crowd a product's database

export interface ClickHouseContext extends Omit<HttpOptions, 'sockets'> {
  surroundings: Surroundings;
}

/** One table or view of a ClickHouse server. */
export class ClickHouseAccess implements TableAccess {
  readonly label: string;
  readonly #source: ClickHouseSource;
  readonly #surroundings: Surroundings;
  readonly #http: ClickHouseHttp;
  readonly #idleMs: number;
  readonly #gate = new RequestGate(MOST_REQUESTS);
  readonly #names: TableNames;
  #shape: Promise<Shape> | null = null;

  constructor(source: ClickHouseSource, context: ClickHouseContext) {
    this.label = source.table;
    this.#source = source;
    this.#surroundings = context.surroundings;
    this.#idleMs = context.idleMs;
    this.#http = new ClickHouseHttp(source, { ...context, sockets: MOST_REQUESTS });
    this.#names = source;
  }

  format = (signal: AbortSignal): Promise<ObjectFormat> =>
    this.#adapting(signal, null, ({ isColumnar }) =>
      Promise.resolve({ format: isColumnar ? 'arrow' : 'ndjson', compression: 'none' }),
    );

  async count(part: TablePart, signal: AbortSignal): Promise<CountedRows[]> {
    const rows = await this.#ask(({ count }) => count(part), signal);
    return rows.map(([day, eventType, count, newestMs]) => ({
      day: numberOf(day),
      eventType: typeof eventType === 'string' ? eventType : null,
      rows: Number(count),
      newestMs: numberOf(newestMs),
    }));
  }

  async checksum(signal: AbortSignal): Promise<{ rows: number; checksum: string }> {
    const [row = []] = await this.#ask(({ checksum }) => checksum, signal);
    return { rows: Number(row[0]), checksum: String(row[1]) };
  }

  tables(signal: AbortSignal): Promise<FoundTable[]> {
    const { database } = this.#source;
    const statement = `SELECT name, engine FROM system.tables WHERE database = ${quoted(database)} ORDER BY name LIMIT ${MOST_TABLES}`;
    return this.#asked(signal, async () =>
      (await this.#http.rows(statement, signal)).map(([name, engine]) => ({
        schema: null,
        name: String(name),
        kind: String(engine).includes('View') ? ('view' as const) : ('table' as const),
        rows: null,
      })),
    );
  }

  columns(signal: AbortSignal): Promise<TableColumn[]> {
    return this.#asked(signal, () => this.#columns(signal));
  }

  read(part: TablePart, signal: AbortSignal): Promise<TableRows> {
    return this.#open(labelOfPart(this.label, part), ({ statements }) => statements.select(part), signal);
  }

  sample(rows: number, signal: AbortSignal): Promise<TableRows> {
    return this.#open(this.label, ({ statements }) => statements.sample(rows), signal);
  }

  async #open(label: string, statementOf: (shape: Shape) => string, signal: AbortSignal): Promise<TableRows> {
    const { body, isColumnar } = await this.#adapting(signal, label, async (shape) => {
      const format = shape.isColumnar ? 'ArrowStream' : 'JSONEachRow';
      return {
        body: await this.#http.stream(`${statementOf(shape)} FORMAT ${format}`, signal),
        isColumnar: shape.isColumnar,
      };
    });
    return {
      stream: (streamSignal) => this.#rows({ body, isColumnar, label }, streamSignal),
      close: () => void body.destroy(),
    };
  }

  close(): void {
    this.#http.close();
  }

  async *#rows(
    { body, isColumnar, label }: { body: Readable; isColumnar: boolean; label: string },
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    try {
      yield* wholeAnswer(
        idleGuarded(body, this.#idleMs, signal),
        isColumnar ? isWholeArrow : isWholeJsonRows,
      );
    } catch (error) {
      signal.throwIfAborted();
      throw brokenRead(error, clickHouseFaultOf(error, this.#names, label), label);
    }
  }

  #ask(statementOf: (statements: ClickHouseStatements) => string, signal: AbortSignal): Promise<unknown[][]> {
    return this.#adapting(signal, null, ({ statements }) => this.#http.rows(statementOf(statements), signal));
  }

  /** A table that was altered since it was looked at is looked at again, once; what then still fails is told. */
  async #adapting<T>(
    signal: AbortSignal,
    label: string | null,
    work: (shape: Shape) => Promise<T>,
  ): Promise<T> {
    const rules = { judge: judgeClickHouse, gate: this.#gate, surroundings: this.#surroundings, signal };
    const attempt = (): Promise<T> => withRetries(async () => work(await this.#shapeNow(signal)), rules);
    try {
      try {
        return await attempt();
      } catch (error) {
        if (!isShapeChanged(error)) throw error;
        this.#shape = null;
        return await attempt();
      }
    } catch (error) {
      signal.throwIfAborted();
      throw clickHouseFaultOf(error, this.#names, label);
    }
  }

  /** Without the shape of the table, which may not fit its map yet. */
  async #asked<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const rules = { judge: judgeClickHouse, gate: this.#gate, surroundings: this.#surroundings, signal };
    try {
      return await withRetries(work, rules);
    } catch (error) {
      signal.throwIfAborted();
      throw clickHouseFaultOf(error, this.#names, null);
    }
  }

  /** Those that the user may read, in the order of the table. */
  async #columns(signal: AbortSignal): Promise<TableColumn[]> {
    const { database, table } = this.#source;
    const rows = await this.#http.rows(
      `SELECT name, type FROM system.columns WHERE database = ${quoted(database)} AND table = ${quoted(table)} ` +
        `AND default_kind != 'EPHEMERAL'`,
      signal,
    );
    if (rows.length === 0) throw noTable(this.#names, faultBecauseOf(undefined));
    return rows.map(([name, type]) => ({ name: String(name), type: String(type) }));
  }

  #shapeNow(signal: AbortSignal): Promise<Shape> {
    this.#shape ??= this.#describe(signal);
    this.#shape.catch(() => (this.#shape = null));
    return this.#shape;
  }

  async #describe(signal: AbortSignal): Promise<Shape> {
    const { database, table, filters, final } = this.#source;
    const columns = await this.#columns(signal);
    const isColumnar = await offersArrow(this.#http, signal);
    const selection = selectColumns(columns, this.#source);
    return {
      isColumnar,
      statements: clickHouseStatements({
        table: `${named(database)}.${named(table)}${final ? ' FINAL' : ''}`,
        filters,
        selection,
        freeTextIn: freeTextOf(this.#source),
        isColumnar,
      }),
    };
  }
}

interface Shape {
  isColumnar: boolean;
  statements: ClickHouseStatements;
}

/** Servers that do not list their formats are old: their Arrow has quirks, their JSON none. */
async function offersArrow(http: ClickHouseHttp, signal: AbortSignal): Promise<boolean> {
  try {
    const statement = `SELECT name FROM system.formats WHERE name = 'ArrowStream' AND is_output`;
    return (await http.rows(statement, signal)).length > 0;
  } catch (error) {
    if (error instanceof Refusal && error.code !== null && NOT_LISTED.has(error.code)) return false;
    throw error;
  }
}

const NOT_LISTED = new Set([47, 60, 497]); // no such column or table, or not for this user

const numberOf = (text: unknown): number | null =>
  text === null || text === undefined ? null : Number(text);
