import pg from 'pg';
import { type PostgresServer, startPostgresServer } from '../postgres-server.ts';
import type { SqlDatabase, SqlRow } from './database.ts';
import { type Dataset, GENERATED } from './dataset.ts';
import { POSTGRES } from './postgres.ts';

/** A server of its own. */
export async function openPostgres(): Promise<SqlDatabase> {
  return postgresDatabase(await startPostgresServer(), GENERATED);
}

/** Whole and exact numbers become the numbers of JavaScript. */
export function postgresDatabase(server: PostgresServer, dataset: Dataset): SqlDatabase {
  const { INT8, NUMERIC } = pg.types.builtins;
  for (const type of [INT8, NUMERIC]) pg.types.setTypeParser(type, Number);
  return {
    dialect: POSTGRES,
    dataset,
    select: async (sql) => (await server.run(sql)) as SqlRow[],
    async execute(sql) {
      await server.run(sql);
    },
    close: () => server.close(),
  };
}
