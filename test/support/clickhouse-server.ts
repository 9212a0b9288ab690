import path from 'node:path';
import { startChildServer } from './listing-server.ts';
import { ensureEngines } from './install-engines.ts';

export const CLICKHOUSE_USER = 'reader';
export const CLICKHOUSE_PASSWORD = 'a reader’s password';
export const CLICKHOUSE_DATABASE = 'product';

export interface ClickHouseServer {
  port: number;
  /** Statements of the owner, who may do everything; answers the body. */
  run: (sql: string) => Promise<string>;
  /** Puts rows, given as objects, into a table that is there. */
  insert: (table: string, rows: readonly object[]) => Promise<void>;
  close: () => void;
}

/** A real engine of ClickHouse behind HTTP, in a process of its own, with one database. */
export async function startClickHouseServer(age: 'new' | 'old' = 'new'): Promise<ClickHouseServer> {
  await ensureEngines();
  const packageFile = path.resolve(import.meta.dirname, '../engines/package.json');
  const { endpoint, close } = await startChildServer('clickhouse-server-child.ts', [
    packageFile,
    CLICKHOUSE_PASSWORD,
    age,
  ]);
  const run = async (sql: string): Promise<string> => {
    const response = await fetch(`${endpoint}/?database=${CLICKHOUSE_DATABASE}`, {
      method: 'POST',
      body: sql,
      headers: { authorization: `Basic ${Buffer.from('owner:').toString('base64')}` },
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  };
  return {
    port: Number(new URL(endpoint).port),
    run,
    async insert(table, rows) {
      const lines = rows.map((row) => JSON.stringify(row)).join('\n');
      await run(
        `INSERT INTO ${table} SETTINGS date_time_input_format = 'best_effort' FORMAT JSONEachRow\n${lines}`,
      );
    },
    close,
  };
}
