import type { ClickHouseServer } from '../clickhouse-server.ts';
import { loadEngine } from '../test-engines.ts';
import { CLICKHOUSE } from './clickhouse.ts';
import type { SqlDatabase, SqlRow } from './database.ts';
import { type Dataset, GENERATED } from './dataset.ts';

/** Of the package chdb, which is ClickHouse in this process. */
interface Chdb {
  Session: new () => ChdbSession;
}
interface ChdbSession {
  query: (sql: string, format: string) => string;
  close: () => void;
}

const SETTINGS = {
  join_use_nulls: 1,
  output_format_json_quote_64bit_integers: 0,
  max_threads: 1,
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
};

/** A fresh ClickHouse with a database of its own. A process has one at a time. */
export async function openClickhouse(): Promise<SqlDatabase> {
  const { Session } = await loadEngine<Chdb>('chdb');
  const session = new Session();
  const execute = (sql: string) => session.query(sql, 'JSONEachRow');
  for (const [name, value] of Object.entries(SETTINGS)) execute(`SET ${name} = ${value}`);
  execute('CREATE DATABASE questions ENGINE = Atomic');
  execute('USE questions');
  return {
    dialect: CLICKHOUSE,
    dataset: GENERATED,
    select: (sql) => Promise.resolve(rowsIn(execute(sql))),
    execute: (sql) => Promise.resolve(void execute(sql)),
    close: () => session.close(),
  };
}

/** A server with tables of its own. */
export async function clickHouseDatabase(server: ClickHouseServer, dataset: Dataset): Promise<SqlDatabase> {
  for (const [name, value] of Object.entries(SETTINGS)) await server.run(`SET ${name} = ${value}`);
  return {
    dialect: CLICKHOUSE,
    dataset,
    select: async (sql) => rowsIn(await server.run(`${sql} FORMAT JSONEachRow`)),
    async execute(sql) {
      await server.run(sql);
    },
    close: () => server.close(),
  };
}

const rowsIn = (lines: string): SqlRow[] =>
  lines
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SqlRow);
