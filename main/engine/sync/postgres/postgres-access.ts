import pg from 'pg';
import { RequestGate } from '../network/request-gate.ts';
import { withRetries } from '../network/retry.ts';
import type { Surroundings } from '../network/surroundings.ts';
import type { FoundTable } from '../source-reader.ts';
import { freeTextOf } from '../tables/free-text-of.ts';
import { type TableSelection, selectColumns } from '../tables/select-columns.ts';
import type { CountedRows, TableAccess, TablePart, TableRows } from '../tables/table-access.ts';
import { labelOfPart } from '../tables/table-keys.ts';
import { CopyOut } from './copy-out.ts';
import { CopyRows } from './copy-rows.ts';
import { CursorOut } from './cursor-out.ts';
import { COLUMNS_SQL, type PostgresColumn, TABLES_SQL, kindOf } from './postgres-columns.ts';
import type { PostgresSource } from './postgres-config.ts';
import { PostgresConnections, type PostgresOptions, type ReadTransaction } from './postgres-connections.ts';
import { judgePostgres, postgresFaultOf, stateOf } from './postgres-faults.ts';
import { BrokenAnswer, brokenRead, type TableNames } from '../tables/table-faults.ts';
import { type PostgresStatements, postgresStatements } from './postgres-sql.ts';
import type { RowFeed } from './row-feed.ts';
import { AS_TEXT } from './text-values.ts';

const MOST_CONNECTIONS = 2; // analytics must not crowd a product's database

export interface PostgresContext extends PostgresOptions {
  surroundings: Surroundings;
}

/** One table or view of a PostgreSQL server, or of what speaks its protocol. */
export class PostgresAccess implements TableAccess {
  readonly label: string;
  readonly #source: PostgresSource;
  readonly #surroundings: Surroundings;
  readonly #connections: PostgresConnections;
  readonly #gate = new RequestGate(MOST_CONNECTIONS);
  readonly #names: TableNames;
  #shape: Promise<Shape> | null = null;
  #copies = true;

  constructor(source: PostgresSource, context: PostgresContext) {
    this.label = source.tableSchema === null ? source.table : `${source.tableSchema}.${source.table}`;
    this.#source = source;
    this.#surroundings = context.surroundings;
    this.#connections = new PostgresConnections(source, context);
    this.#names = { ...source, table: this.label };
  }

  format = () => Promise.resolve({ format: 'ndjson', compression: 'none' } as const);

  async count(part: TablePart, signal: AbortSignal): Promise<CountedRows[]> {
    const rows = await this.#ask(({ count }) => count(part), signal);
    return rows.map(([day, eventType = null, count, newestMs]) => ({
      day: numberOf(day),
      eventType,
      rows: Number(count),
      newestMs: numberOf(newestMs),
    }));
  }

  async checksum(signal: AbortSignal): Promise<{ rows: number; checksum: string }> {
    const [row = []] = await this.#ask(({ checksum }) => checksum, signal);
    return { rows: Number(row[0]), checksum: row[1] ?? '' };
  }

  async tables(signal: AbortSignal): Promise<FoundTable[]> {
    const rows = await this.#asked(signal, (client) => client.query<ListedTable>(TABLES_SQL));
    return rows.map(({ isView, ...table }) => ({ ...table, kind: isView ? 'view' : 'table' }));
  }

  columns(signal: AbortSignal): Promise<PostgresColumn[]> {
    return this.#asked(signal, (client) => client.query<PostgresColumn>(COLUMNS_SQL, [this.#tableSql]));
  }

  read(part: TablePart, signal: AbortSignal): Promise<TableRows> {
    return this.#open(labelOfPart(this.label, part), ({ select }) => select(part), signal);
  }

  sample(rows: number, signal: AbortSignal): Promise<TableRows> {
    return this.#open(this.label, ({ sample }) => sample(rows), signal);
  }

  async #open(
    label: string,
    statementOf: (statements: PostgresStatements) => string,
    signal: AbortSignal,
  ): Promise<TableRows> {
    const { transaction, feed, selection } = await this.#adapting(signal, label, (shape) =>
      this.#startRead(shape, statementOf, signal),
    );
    let isOver = false;
    const end = async (): Promise<void> => {
      isOver = true;
      await this.#connections.end(transaction);
    };
    return {
      stream: (streamSignal) => this.#rows({ transaction, feed, selection, label, end }, streamSignal),
      close: () => {
        if (!isOver) this.#connections.drop(transaction.client);
      },
    };
  }

  close(): void {
    this.#connections.close();
  }

  /** Ends with the first rows, or with what the server has against the statement. */
  async #startRead(
    { statements, selection }: Shape,
    statementOf: (statements: PostgresStatements) => string,
    signal: AbortSignal,
  ): Promise<StartedRead> {
    const transaction = await this.#connections.begin(signal);
    try {
      const feed = this.#feedOf(transaction.client, statementOf(statements));
      await transaction.answered(feed.begun, this.#connections.answerWithinMs);
      return { transaction, feed, selection };
    } catch (error) {
      this.#connections.drop(transaction.client);
      if (!this.#copies || !COPIES_NOT.has(stateOf(error))) throw error;
      this.#copies = false;
      return this.#startRead({ statements, selection }, statementOf, signal);
    }
  }

  #feedOf(client: pg.Client, select: string): RowFeed {
    return this.#copies
      ? client.query(new CopyOut(`COPY (${select}) TO STDOUT`))
      : new CursorOut(client, select);
  }

  async *#rows(
    { transaction, feed, selection, label, end }: StartedRead & { label: string; end: () => Promise<void> },
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    const rows = new CopyRows(
      selection.columns.map((column) => ({
        name: column.name,
        kind: copyKindOf(column, selection),
      })),
    );
    try {
      for (;;) {
        signal.throwIfAborted();
        const part = await transaction.answered(feed.next(), this.#connections.idleMs);
        if (part === null) break;
        const done = rows.push(part);
        if (done.length > 0) yield done;
      }
      if (rows.isInsideRow) throw new BrokenAnswer('the last row is cut off');
      await end();
    } catch (error) {
      signal.throwIfAborted();
      throw brokenRead(error, postgresFaultOf(error, this.#names, label), label);
    }
  }

  #ask(statementOf: (statements: PostgresStatements) => string, signal: AbortSignal): Promise<TextRow[]> {
    return this.#adapting(signal, null, async ({ statements }) => {
      const transaction = await this.#connections.begin(signal);
      return this.#within(transaction, rowsOf(transaction.client, statementOf(statements)));
    });
  }

  async #within<T>(transaction: ReadTransaction, work: Promise<T>): Promise<T> {
    try {
      const result = await transaction.answered(work, this.#connections.answerWithinMs);
      await this.#connections.end(transaction);
      return result;
    } catch (error) {
      this.#connections.drop(transaction.client);
      throw error;
    }
  }

  /** A table that was altered since it was looked at is looked at again, once; what then still fails is told. */
  async #adapting<T>(
    signal: AbortSignal,
    label: string | null,
    work: (shape: Shape) => Promise<T>,
  ): Promise<T> {
    const rules = { judge: judgePostgres, gate: this.#gate, surroundings: this.#surroundings, signal };
    const attempt = (): Promise<T> => withRetries(async () => work(await this.#shapeNow(signal)), rules);
    try {
      try {
        return await attempt();
      } catch (error) {
        if (!SHAPE_CHANGED.has(stateOf(error))) throw error;
        this.#shape = null;
        return await attempt();
      }
    } catch (error) {
      signal.throwIfAborted();
      throw postgresFaultOf(error, this.#names, label);
    }
  }

  /** As a query writes it. */
  get #tableSql(): string {
    const { tableSchema, table } = this.#source;
    return [tableSchema, table]
      .flatMap((part) => (part === null ? [] : [pg.escapeIdentifier(part)]))
      .join('.');
  }

  /** Without the shape of the table, which may not fit its map yet. */
  async #asked<Row extends pg.QueryResultRow>(signal: AbortSignal, ask: Ask<Row>): Promise<Row[]> {
    const rules = { judge: judgePostgres, gate: this.#gate, surroundings: this.#surroundings, signal };
    try {
      return await withRetries(() => this.#answer(signal, ask), rules);
    } catch (error) {
      signal.throwIfAborted();
      throw postgresFaultOf(error, this.#names, null);
    }
  }

  async #answer<Row extends pg.QueryResultRow>(signal: AbortSignal, ask: Ask<Row>): Promise<Row[]> {
    const transaction = await this.#connections.begin(signal);
    return (await this.#within(transaction, ask(transaction.client))).rows;
  }

  #shapeNow(signal: AbortSignal): Promise<Shape> {
    this.#shape ??= this.#describe(signal);
    this.#shape.catch(() => (this.#shape = null));
    return this.#shape;
  }

  async #describe(signal: AbortSignal): Promise<Shape> {
    const { filters, zone } = this.#source;
    const rows = await this.#answer(signal, (client) =>
      client.query<PostgresColumn>(COLUMNS_SQL, [this.#tableSql]),
    );
    const selection = selectColumns(rows, this.#source);
    return {
      selection,
      statements: postgresStatements({
        table: this.#tableSql,
        filters,
        zone,
        selection,
        freeTextIn: freeTextOf(this.#source),
      }),
    };
  }
}

type Ask<Row extends pg.QueryResultRow> = (client: pg.Client) => Promise<pg.QueryResult<Row>>;

interface ListedTable {
  schema: string;
  name: string;
  isView: boolean;
  rows: number | null;
}

interface Shape {
  selection: TableSelection<PostgresColumn>;
  statements: PostgresStatements;
}

interface StartedRead {
  transaction: ReadTransaction;
  feed: RowFeed;
  selection: TableSelection<PostgresColumn>;
}

/** A column or table is gone, or has another type. */
const SHAPE_CHANGED = new Set(['42703', '42P01', '42804', '42883']);

/** COPY of a query is unknown there, as a feature or as syntax. */
const COPIES_NOT = new Set(['0A000', '42601']);

type TextRow = (string | null)[];

/** Values as the server writes them. */
async function rowsOf(client: pg.Client, text: string): Promise<TextRow[]> {
  const { rows } = await client.query<TextRow>({ text, rowMode: 'array', types: AS_TEXT });
  return rows;
}

const numberOf = (text: string | null | undefined): number | null => (text == null ? null : Number(text));

/** Names that are numbers must not lose digits; other kinds have a text of their own. */
function copyKindOf(
  column: PostgresColumn,
  { names, instants }: TableSelection<PostgresColumn>,
): ReturnType<typeof kindOf> {
  if (column.baseType === 'date' && instants.has(column.name)) return 'instant';
  const kind = kindOf(column);
  if (!names.has(column.name)) return kind;
  return kind === 'number' || kind === 'integer' || kind === 'boolean' ? 'text' : kind;
}
