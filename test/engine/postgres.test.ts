import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SyncOptions } from '../../main/engine/sync/run-sync.ts';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import { type SourceInput, addSource } from '../../main/engine/sync/sources.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import {
  POSTGRES_DATABASE,
  POSTGRES_PASSWORD,
  POSTGRES_USER,
  type PostgresServer,
  startPostgresServer,
} from '../support/postgres-server.ts';
import { storedRows } from '../support/stored-rows.ts';
import { NOW_MS, type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

let server: PostgresServer;
let workspace: TestWorkspace;
let nowMs = NOW_MS;

beforeAll(async () => {
  server = await startPostgresServer();
}, 60_000);
afterAll(() => server.close());
beforeEach(async () => {
  workspace = testWorkspace();
  nowMs = NOW_MS;
  await server.run(
    'DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO reader',
  );
});
afterEach(() => workspace.remove());

type PostgresInput = Extract<SourceInput, { kind: 'postgres' }>;
const addTable = (source: Partial<PostgresInput> = {}) =>
  workspace.withStore((store) =>
    addSource(store, {
      kind: 'postgres',
      name: 'events',
      environment: 'test',
      host: '127.0.0.1',
      port: server.port,
      database: POSTGRES_DATABASE,
      user: POSTGRES_USER,
      secret: 'product-db',
      tls: { mode: 'off' },
      table: 'events',
      ...source,
    }),
  );

const sync = (options: Partial<SyncOptions> = {}): Promise<SyncState> =>
  workspace.sync({
    services: {
      secrets: { read: () => Promise.resolve(POSTGRES_PASSWORD) },
      surroundings: { ...realSurroundings, nowMs: () => nowMs },
    },
    ...options,
  });

const EVENTS = `CREATE TABLE events (event_id text, event_type text, ts timestamptz, received_at timestamptz,
  user_id text, properties jsonb)`;

const idsOf = (): string[] =>
  storedRows(workspace.dataDir)
    .map(({ id }) => Buffer.from(id, 'hex').toString().replace(/\0+$/, ''))
    .sort();

describe('syncing a table of PostgreSQL', () => {
  it('reads every row once', async () => {
    await server.run(EVENTS);
    await server.insert('events', [eventOf(1), eventOf(2), eventOf(3000)]);
    await addTable();
    expect(await sync()).toMatchObject({ state: 'idle', message: null, counts: { read: 3, kept: 3 } });
    expect(idsOf()).toEqual(['event-1', 'event-2', 'event-3000']);
    nowMs += 120_000;
    expect((await sync()).counts).toMatchObject({ files: 0, read: 0 });
    expect(storedRows(workspace.dataDir)[0]).toMatchObject({ user: 'usr_1', 'p.page_path': '/page/1' });
  });
});
