// How fast tables come home: rows per second of a first pull from PostgreSQL and ClickHouse (which writes Arrow, or as an
// old server JSON), beside the bare reading of the same rows in the same run: COPY of the table, and the body of an HTTP
// answer, thrown away. TIDEMARK_BENCH_ROWS sets the rows (300,000), TIDEMARK_BENCH_RUNS how often each is done (3).
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { CopyOut } from '../../main/engine/sync/postgres/copy-out.ts';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { CLICKHOUSE_DATABASE, CLICKHOUSE_USER } from '../support/clickhouse-server.ts';
import { POSTGRES_DATABASE, POSTGRES_USER } from '../support/postgres-server.ts';
import { type EngineName, type TableEngine, startTableEngine } from '../support/table-engines.ts';
import { FAST_DISK } from '../support/workspace.ts';

const rows = Number(process.env['TIDEMARK_BENCH_ROWS'] ?? 300_000);
const runs = Number(process.env['TIDEMARK_BENCH_RUNS'] ?? 3);
const NOW_MS = Date.UTC(2026, 10, 19, 12);
const DAYS = 30;
const SECONDS_APART = (DAYS * 86_400) / rows;

const root = mkdtempSync(path.join(FAST_DISK, 'tidemark-bench-'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const FILL = {
  postgres: `INSERT INTO events SELECT 'event-' || n, (ARRAY['page_view', 'feature_usage', 'chat_interaction'])[n % 3 + 1],
    TIMESTAMPTZ '2026-11-19 12:00Z' - n * ${SECONDS_APART} * INTERVAL '1 second',
    TIMESTAMPTZ '2026-11-19 12:00Z' - n * ${SECONDS_APART} * INTERVAL '1 second', 'usr_' || n % 5000,
    jsonb_build_object('page_path', '/page/' || n % 200, 'duration_ms', n % 3000, 'success', n % 7 > 0, 'feature_name', 'feature-' || n % 40)
    FROM generate_series(1, ${rows}) AS n; CREATE INDEX ON events (received_at)`,
  clickhouse: `INSERT INTO events SELECT concat('event-', toString(number)), ['page_view', 'feature_usage', 'chat_interaction'][number % 3 + 1],
    toDateTime64('2026-11-19 12:00:00', 3, 'UTC') - toIntervalMillisecond(toInt64(number * ${SECONDS_APART * 1000})) AS at, at,
    concat('usr_', toString(number % 5000)),
    concat('{"page_path":"/page/', toString(number % 200), '","duration_ms":', toString(number % 3000), ',"success":',
      if(number % 7 > 0, 'true', 'false'), ',"feature_name":"feature-', toString(number % 40), '"}')
    FROM numbers(${rows})`,
};

const median = (rates: readonly number[]): number => [...rates].sort((a, b) => a - b)[rates.length >> 1] ?? 0;
const shown = (rates: readonly number[]): string =>
  `${Math.round(median(rates)).toLocaleString('en')} rows/s (${rates.map((rate) => `${Math.round(rate / 1000)} k`).join(', ')})`;

say(
  `machine       ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}; ${rows} rows`,
);
try {
  await measure('postgres', 'PostgreSQL', barePostgres);
  await measure('clickhouse', 'ClickHouse, Arrow', (engine) => bareClickHouse(engine, 'ArrowStream'));
  await measure('clickhouse-old', 'ClickHouse, JSON', (engine) => bareClickHouse(engine, 'JSONEachRow'));
} finally {
  rmSync(root, { recursive: true });
}

async function measure(
  name: EngineName,
  label: string,
  bare: (engine: TableEngine) => Promise<number>,
): Promise<void> {
  const engine = await startTableEngine(name);
  try {
    await engine.createEvents();
    await engine.run(FILL[name === 'postgres' ? 'postgres' : 'clickhouse']);
    const read: number[] = [];
    const pulled: number[] = [];
    let cpuMicros = 0;
    for (let run = 0; run < runs; run++) {
      read.push(await rateOf(() => bare(engine)));
      const before = process.cpuUsage();
      pulled.push(await rateOf(() => pull(engine, `${name}-${run}`)));
      const { user, system } = process.cpuUsage(before);
      cpuMicros += user + system;
    }
    const share = Math.round((100 * median(pulled)) / median(read));
    say(
      `${label.padEnd(18)} bare read ${shown(read)}, pull ${shown(pulled)}, ${share} % of it; ${(cpuMicros / runs / rows).toFixed(1)} µs of processor a row`,
    );
  } finally {
    await engine.close();
  }
}

async function rateOf(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return (rows * 1000) / (performance.now() - startMs);
}

/** The whole table as COPY writes it. */
async function barePostgres({ port, password }: TableEngine): Promise<number> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    password,
    user: POSTGRES_USER,
    database: POSTGRES_DATABASE,
  });
  await client.connect();
  const copied = client.query(new CopyOut('COPY events TO STDOUT'));
  let bytes = 0;
  for (let part = await copied.next(); part !== null; part = await copied.next()) bytes += part.length;
  await client.end();
  return bytes;
}

async function bareClickHouse({ port, password }: TableEngine, format: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/?database=${CLICKHOUSE_DATABASE}`, {
    method: 'POST',
    body: `SELECT * FROM events FORMAT ${format}`,
    headers: { authorization: `Basic ${Buffer.from(`${CLICKHOUSE_USER}:${password}`).toString('base64')}` },
  });
  let bytes = 0;
  for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) bytes += part.length;
  return bytes;
}

async function pull(engine: TableEngine, name: string): Promise<void> {
  const dataDir = path.join(root, name);
  createWorkspace(dataDir, { name: 'Bench', zone: 'UTC', now: () => NOW_MS });
  const store = openStore(dataDir, { now: () => NOW_MS });
  addSource(store, engine.source({ cursor: 'received_at' }));
  const services = {
    secrets: { read: () => Promise.resolve(engine.password) },
    surroundings: { ...realSurroundings, nowMs: () => NOW_MS },
  };
  const { counts, message } = await runSync(store, { sourceName: null, services });
  store.close();
  rmSync(dataDir, { recursive: true });
  if (message !== null || counts.kept !== rows) throw new Error(message ?? `${counts.kept} rows were kept`);
}
