import pg from 'pg';
import { startPostgresServer } from '../postgres-server.ts';
import type { SqlDatabase, SqlRow } from './database.ts';
import { GENERATED } from './dataset.ts';
import { POSTGRES } from './postgres.ts';

/** A server of its own; whole and exact numbers become the numbers of JavaScript. */
export async function openPostgres(): Promise<SqlDatabase> {
  const { INT8, NUMERIC } = pg.types.builtins;
  for (const type of [INT8, NUMERIC]) pg.types.setTypeParser(type, Number);
  const server = await startPostgresServer();
  return {
    dialect: POSTGRES,
    dataset: GENERATED,
    select: async (sql) => (await server.run(sql)) as SqlRow[],
    execute: async (sql) => void (await server.run(sql)),
    close: () => server.close(),
  };
}
