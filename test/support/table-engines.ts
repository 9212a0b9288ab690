import type { SourceInput } from '../../main/engine/sync/sources.ts';
import {
  CLICKHOUSE_DATABASE,
  CLICKHOUSE_PASSWORD,
  CLICKHOUSE_USER,
  startClickHouseServer,
} from './clickhouse-server.ts';
import {
  POSTGRES_DATABASE,
  POSTGRES_PASSWORD,
  POSTGRES_USER,
  startPostgresServer,
} from './postgres-server.ts';

export type TableSourceInput = Extract<SourceInput, { kind: 'postgres' | 'clickhouse' }>;
type Overrides = Partial<Omit<TableSourceInput, 'kind'>>;

/** A database that holds one table `events`, whatever its kind. */
export interface TableEngine {
  port: number;
  password: string;
  run: (sql: string) => Promise<unknown>;
  /** An empty table of events, the only one. */
  createEvents: (options?: { arrival: boolean }) => Promise<void>;
  insert: (table: string, rows: readonly object[]) => Promise<void>;
  remove: (eventId: string) => Promise<void>;
  /** Of texts, of which no row has one yet. */
  addColumn: (name: string) => Promise<void>;
  source: (overrides?: Overrides) => TableSourceInput;
  close: () => Promise<void>;
}

export const ENGINE_NAMES = ['postgres', 'clickhouse', 'clickhouse-old'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export const startTableEngine = (name: EngineName): Promise<TableEngine> =>
  name === 'postgres' ? startPostgres() : startClickHouse(name === 'clickhouse' ? 'new' : 'old');

const COMMON = {
  name: 'events',
  environment: 'test',
  host: '127.0.0.1',
  secret: 'product-db',
  table: 'events',
  tls: { mode: 'off' },
} as const;

async function startPostgres(): Promise<TableEngine> {
  const { port, run, insert, close } = await startPostgresServer();
  return {
    port,
    password: POSTGRES_PASSWORD,
    run,
    insert,
    close,
    async createEvents({ arrival } = { arrival: true }) {
      await run('DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO reader');
      await run(`CREATE TABLE events (event_id text, event_type text, ts timestamptz,
        ${arrival ? 'received_at timestamptz,' : ''} user_id text, properties jsonb)`);
    },
    async addColumn(name) {
      await run(`ALTER TABLE events ADD COLUMN ${name} text`);
    },
    async remove(eventId) {
      await run('DELETE FROM events WHERE event_id = $1', [eventId]);
    },
    source: (overrides = {}) => ({
      ...COMMON,
      kind: 'postgres',
      port,
      database: POSTGRES_DATABASE,
      user: POSTGRES_USER,
      ...overrides,
    }),
  };
}

async function startClickHouse(age: 'new' | 'old'): Promise<TableEngine> {
  const { port, run, insert, close } = await startClickHouseServer(age);
  return {
    port,
    password: CLICKHOUSE_PASSWORD,
    run,
    insert: (table, rows) =>
      insert(
        table,
        rows.map((row) => {
          const { properties, ...rest } = row as Record<string, unknown>;
          return properties === undefined ? rest : { ...rest, properties: JSON.stringify(properties) };
        }),
      ),
    async createEvents({ arrival } = { arrival: true }) {
      const tables = await run(
        'SELECT name FROM system.tables WHERE database = currentDatabase() FORMAT TSV',
      );
      for (const table of tables.split('\n').filter((line) => line !== '')) await run(`DROP TABLE ${table}`);
      await run(`CREATE TABLE events (event_id String, event_type LowCardinality(String),
        ts Nullable(DateTime64(3, 'UTC')), ${arrival ? "received_at DateTime64(3, 'UTC')," : ''}
        user_id Nullable(String), properties String) ENGINE = MergeTree ORDER BY event_id`);
    },
    async addColumn(name) {
      await run(`ALTER TABLE events ADD COLUMN ${name} Nullable(String)`);
    },
    async remove(eventId) {
      await run(`ALTER TABLE events DELETE WHERE event_id = '${eventId}' SETTINGS mutations_sync = 1`);
    },
    source: (overrides = {}) => ({
      ...COMMON,
      kind: 'clickhouse',
      port,
      database: CLICKHOUSE_DATABASE,
      user: CLICKHOUSE_USER,
      ...overrides,
    }),
    close: () => {
      close();
      return Promise.resolve();
    },
  };
}
