import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import SqliteDatabase from 'better-sqlite3';
import { createSampleWorkspace } from '../../main/engine/create-sample-workspace.ts';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { type EngineStore, openStore } from '../../main/engine/store/engine-store.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import {
  CLICKHOUSE_PASSWORD,
  type ClickHouseServer,
  startClickHouseServer,
} from '../support/clickhouse-server.ts';
import { POSTGRES_PASSWORD, type PostgresServer, startPostgresServer } from '../support/postgres-server.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import {
  type SampleTables,
  addClickHouseSources,
  addPostgresSources,
  loadClickHouse,
  loadPostgres,
  readSampleTables,
} from '../support/sample-tables.ts';
import { storedRows } from '../support/stored-rows.ts';
import { FAST_DISK } from '../support/workspace.ts';

const SETUP_MS = 120_000;
/** Of the server; old ones are tried on smaller tables in every run. */
const AGES: readonly ('new' | 'old')[] = process.env['TIDEMARK_DEEP'] === '1' ? ['new', 'old'] : ['new'];
const SECRET = 'product-db';

let folder: string;
let sample: SampleTables;
let expected: Content;
let asOfMs: number;

beforeAll(async () => {
  folder = mkdtempSync(path.join(FAST_DISK, 'tidemark-tables-'));
  const dataDir = path.join(folder, 'folder');
  const store = await createSampleWorkspace({ dataDir, seed: 1, ...SMALL_SAMPLE });
  try {
    asOfMs = store.workspace.asOfMs ?? 0;
    await runSync(store, { sourceName: null });
  } finally {
    store.close();
  }
  sample = readSampleTables(dataDir);
  expected = contentOf(dataDir);
}, SETUP_MS);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Content {
  rows: unknown[];
  dimensions: unknown[];
}

function contentOf(dataDir: string): Content {
  const db = new SqliteDatabase(path.join(dataDir, 'catalogue.sqlite'), { readonly: true });
  try {
    const dimensions = db
      .prepare<[], { dataset: string; key: string; row: string }>(
        'SELECT environment, dataset, key, row FROM dimension_rows ORDER BY 1, 2, 3',
      )
      .all()
      .map(({ row, ...rest }) => ({ ...rest, row: JSON.parse(row) as unknown }));
    return { rows: storedRows(dataDir), dimensions };
  } finally {
    db.close();
  }
}

async function synced(name: string, password: string, add: (store: EngineStore) => void): Promise<Content> {
  const dataDir = path.join(folder, name);
  createWorkspace(dataDir, { name, zone: 'Europe/Oslo', asOfMs });
  const store = openStore(dataDir);
  try {
    add(store);
    const services = {
      secrets: { read: () => Promise.resolve(password) },
      surroundings: { ...realSurroundings, nowMs: () => asOfMs },
    };
    expect(await runSync(store, { sourceName: null, services })).toMatchObject({
      state: 'idle',
      message: null,
    });
  } finally {
    store.close();
  }
  return contentOf(dataDir);
}

function expectSame(found: Content): void {
  expect(found.dimensions).toEqual(expected.dimensions);
  expect(found.rows.length).toBe(expected.rows.length);
  expect(found.rows).toEqual(expected.rows);
}

describe('the sample, synced from tables, is the sample synced from files', () => {
  let postgres: PostgresServer;
  beforeAll(async () => {
    postgres = await startPostgresServer();
  }, SETUP_MS);
  afterAll(() => postgres.close());

  it('from PostgreSQL', { timeout: SETUP_MS }, async () => {
    await loadPostgres(postgres, sample);
    const place = { port: postgres.port, secret: SECRET };
    expectSame(
      await synced('postgres', POSTGRES_PASSWORD, (store) => addPostgresSources(store, sample, place)),
    );
  });

  it.each(AGES)('from ClickHouse (%s server)', { timeout: SETUP_MS }, async (age) => {
    const clickhouse: ClickHouseServer = await startClickHouseServer(age);
    try {
      await loadClickHouse(clickhouse, sample);
      const place = { port: clickhouse.port, secret: SECRET };
      const add = (store: EngineStore): void => addClickHouseSources(store, sample, place);
      expectSame(await synced(`clickhouse-${age}`, CLICKHOUSE_PASSWORD, add));
    } finally {
      clickhouse.close();
    }
  });
});
