import { mkdtempSync, rmSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import SqliteDatabase from 'better-sqlite3';
import { createSampleWorkspace } from '../../main/engine/create-sample-workspace.ts';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { type EngineStore, openStore } from '../../main/engine/store/engine-store.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import { CLICKHOUSE_PASSWORD, startClickHouseServer } from '../support/clickhouse-server.ts';
import { POSTGRES_PASSWORD, startPostgresServer } from '../support/postgres-server.ts';
import { S3_KEYS, startS3Server } from '../support/s3-server.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import {
  type SampleTables,
  addBucketSources,
  addClickHouseSources,
  addPostgresSources,
  loadBucket,
  loadClickHouse,
  loadPostgres,
  readSampleTables,
} from '../support/sample-tables.ts';
import { answerBySql } from '../support/sql/answer-by-sql.ts';
import { clickHouseDatabase } from '../support/sql/clickhouse-database.ts';
import { answerDifferences } from '../support/sql/compare-answers.ts';
import type { SqlDatabase } from '../support/sql/database.ts';
import { questionDrafts, toQuestion } from '../support/sql/generate-questions.ts';
import { postgresDatabase } from '../support/sql/postgres-database.ts';
import type { Question } from '../support/sql/question.ts';
import {
  CLICKHOUSE_SOURCE,
  POSTGRES_SOURCE,
  SAMPLE,
  type SourceDialect,
  sampleSourceSql,
} from '../support/sql/sample-source.ts';
import { inWords, sampleWords } from '../support/sql/sample-words.ts';
import { storedRows } from '../support/stored-rows.ts';
import { FAST_DISK } from '../support/workspace.ts';

const SETUP_MS = 120_000;
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
/** Of the server; old ones are tried on smaller tables in every run. */
const AGES: readonly ('new' | 'old')[] = IS_DEEP ? ['new', 'old'] : ['new'];
const QUESTIONS = IS_DEEP ? 200 : 12;
const QUESTIONS_MS = IS_DEEP ? 3_600_000 : SETUP_MS;
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));
const SECRET = 'product-db';
const ZONE = 'Europe/Oslo';

let folder: string;
let folderDir: string;
let sample: SampleTables;
let expected: Content;
let asOfMs: number;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  folder = mkdtempSync(path.join(FAST_DISK, 'tidemark-tables-'));
  folderDir = path.join(folder, 'folder');
  const store = await createSampleWorkspace({ dataDir: folderDir, seed: 1, ...SMALL_SAMPLE });
  try {
    asOfMs = store.workspace.asOfMs ?? 0;
    await runSync(store, { sourceName: null });
  } finally {
    store.close();
  }
  sample = readSampleTables(folderDir);
  expected = contentOf(folderDir);
}, SETUP_MS);
afterAll(async () => {
  for (const close of closing.reverse()) await close();
  rmSync(folder, { recursive: true, force: true });
});

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

async function synced(name: string, secret: string, add: (store: EngineStore) => void): Promise<string> {
  const dataDir = path.join(folder, name);
  createWorkspace(dataDir, { name, zone: ZONE, asOfMs });
  const store = openStore(dataDir);
  try {
    add(store);
    const services = {
      secrets: { read: () => Promise.resolve(secret) },
      surroundings: { ...realSurroundings, nowMs: () => asOfMs },
    };
    expect(await runSync(store, { sourceName: null, services })).toMatchObject({
      state: 'idle',
      message: null,
    });
  } finally {
    store.close();
  }
  return dataDir;
}

/** A store that was synced from a source, and the source for questions in SQL. */
interface Synced {
  dataDir: string;
  database: SqlDatabase;
}

const fromPostgres = once(async (): Promise<Synced> => {
  const server = await startPostgresServer();
  closing.push(() => server.close());
  await loadPostgres(server, sample);
  const place = { port: server.port, secret: SECRET };
  const add = (store: EngineStore): void => addPostgresSources(store, sample, place);
  return {
    dataDir: await synced('postgres', POSTGRES_PASSWORD, add),
    database: postgresDatabase(server, SAMPLE),
  };
});

const fromClickHouse = once(() => syncedFromClickHouse('new'));

async function syncedFromClickHouse(age: 'new' | 'old'): Promise<Synced> {
  const server = await startClickHouseServer(age);
  closing.push(() => server.close());
  await loadClickHouse(server, sample);
  const place = { port: server.port, secret: SECRET };
  const add = (store: EngineStore): void => addClickHouseSources(store, sample, place);
  return {
    dataDir: await synced(`clickhouse-${age}`, CLICKHOUSE_PASSWORD, add),
    database: await clickHouseDatabase(server, SAMPLE),
  };
}

const fromBucket = once(async (): Promise<string> => {
  const server = await startS3Server();
  closing.push(() => server.close());
  await loadBucket(server, folderDir);
  return synced('bucket', S3_KEYS, (store) => addBucketSources(store, folderDir, server));
});

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

describe('the sample, synced from elsewhere, is the sample synced from files', () => {
  it('from PostgreSQL', { timeout: SETUP_MS }, async () => {
    expectSame((await fromPostgres()).dataDir);
  });

  it.each(AGES)('from ClickHouse (%s server)', { timeout: SETUP_MS }, async (age) => {
    expectSame((await (age === 'new' ? fromClickHouse() : syncedFromClickHouse(age))).dataDir);
  });

  it('from S3', { timeout: SETUP_MS }, async () => {
    expectSame(await fromBucket());
  });
});

function expectSame(dataDir: string): void {
  const found = contentOf(dataDir);
  expect(found.dimensions).toEqual(expected.dimensions);
  expect(found.rows.length).toBe(expected.rows.length);
  expect(found.rows).toEqual(expected.rows);
}

/** Questions are asked around this time, in the middle of the sample. */
const anchorMs = (): number => asOfMs - 13 * 86_400_000;

describe('the stores answer alike, and as SQL on the source', () => {
  it(`${QUESTIONS} generated questions, seed ${seed}`, { timeout: QUESTIONS_MS + 3 * SETUP_MS }, async () => {
    const [postgres, clickHouse, bucketDir] = [
      await fromPostgres(),
      await fromClickHouse(),
      await fromBucket(),
    ];
    await prepare(postgres.database, POSTGRES_SOURCE);
    await prepare(clickHouse.database, CLICKHOUSE_SOURCE);
    const engines = [postgres.dataDir, clickHouse.dataDir, bucketDir].map(openEngine);
    const databases = [postgres.database, clickHouse.database];
    for (const question of questionsAbout(sample)) {
      const [answer, ...others] = await Promise.all(engines.map((engine) => resultOf(engine, question)));
      for (const other of others) expect(other, JSON.stringify(question)).toEqual(answer);
      for (const bySql of await Promise.all(databases.map((one) => answerBySql(question, one, asOfMs))))
        expect(answerDifferences(question, bySql, answer), JSON.stringify(question)).toEqual([]);
    }
  });
});

function openEngine(dataDir: string): QueryEngine {
  const engine = createQueryEngine({ dataDir, memoryBudgetBytes: 64 << 20 });
  closing.push(() => engine.close());
  return engine;
}

const resultOf = async (engine: QueryEngine, question: Question): Promise<unknown> =>
  (await engine.run(question)).result;

/** By SQL on the very tables that were synced. */
async function prepare(database: SqlDatabase, source: SourceDialect): Promise<void> {
  for (const sql of sampleSourceSql(sample, source, asOfMs)) await database.execute(sql);
}

function questionsAbout(tables: SampleTables): Question[] {
  const words = sampleWords(tables);
  const scene = {
    zone: ZONE,
    weekStart: 'monday',
    nowMs: asOfMs,
    anchorMs: anchorMs(),
    events: [],
    users: [],
  } as const;
  return fc
    .sample(fc.noBias(questionDrafts), { seed, numRuns: QUESTIONS })
    .map((draft) => inWords(toQuestion(draft, scene, { knowsHalfHours: false }), words));
}
