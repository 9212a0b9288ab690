import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import type { SyncOptions } from '../../main/engine/sync/run-sync.ts';
import { type SourceInput, addSource } from '../../main/engine/sync/sources.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import {
  CLICKHOUSE_DATABASE,
  CLICKHOUSE_PASSWORD,
  CLICKHOUSE_USER,
  type ClickHouseServer,
  startClickHouseServer,
} from '../support/clickhouse-server.ts';
import { storedRows } from '../support/stored-rows.ts';
import { NOW_MS, type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

type ClickHouseInput = Extract<SourceInput, { kind: 'clickhouse' }>;

const EVENTS = `CREATE TABLE events (event_id String, event_type LowCardinality(String), ts DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'), user_id Nullable(String), properties String) ENGINE = MergeTree
  PARTITION BY toYYYYMM(ts) ORDER BY (ts, event_id)`;

const rowOf = (n: number, fields: object = {}) => {
  const event = eventOf(n, fields);
  return { ...event, properties: JSON.stringify(event['properties']) };
};

describe.each(['new', 'old'] as const)('syncing a table of ClickHouse (%s server)', (age) => {
  let server: ClickHouseServer;
  let workspace: TestWorkspace;
  let nowMs = NOW_MS;

  beforeAll(async () => {
    server = await startClickHouseServer(age);
  }, 60_000);
  afterAll(() => server.close());
  beforeEach(async () => {
    workspace = testWorkspace();
    nowMs = NOW_MS;
    await server.run('DROP TABLE IF EXISTS events');
  });
  afterEach(() => workspace.remove());

  const addTable = (source: Partial<ClickHouseInput> = {}) =>
    workspace.withStore((store) =>
      addSource(store, {
        kind: 'clickhouse',
        name: 'events',
        environment: 'test',
        host: '127.0.0.1',
        port: server.port,
        database: CLICKHOUSE_DATABASE,
        user: CLICKHOUSE_USER,
        secret: 'product-db',
        tls: { mode: 'off' },
        table: 'events',
        ...source,
      }),
    );

  const sync = (options: Partial<SyncOptions> = {}): Promise<SyncState> =>
    workspace.sync({
      services: {
        secrets: { read: () => Promise.resolve(CLICKHOUSE_PASSWORD) },
        surroundings: { ...realSurroundings, nowMs: () => nowMs },
      },
      ...options,
    });

  const idsOf = (): string[] =>
    storedRows(workspace.dataDir)
      .map(({ id }) => Buffer.from(id, 'hex').toString().replace(/\0+$/, ''))
      .sort();

  it('reads every row once', async () => {
    await server.run(EVENTS);
    await server.insert('events', [rowOf(1), rowOf(2), rowOf(3000)]);
    await addTable();
    expect(await sync()).toMatchObject({ state: 'idle', message: null, counts: { read: 3, kept: 3 } });
    expect(idsOf()).toEqual(['event-1', 'event-2', 'event-3000']);
    nowMs += 120_000;
    expect((await sync()).counts).toMatchObject({ files: 0, read: 0 });
    expect(storedRows(workspace.dataDir)[0]).toMatchObject({ user: 'usr_1', 'p.page_path': '/page/1' });
  });
});
