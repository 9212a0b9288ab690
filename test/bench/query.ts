// Latency of questions, warm, result cache off, on the sample workspace and on generated events.
// TIDEMARK_BENCH_EVENTS sets the size (1,000,000), TIDEMARK_BENCH_ROUNDS the rounds (15), TIDEMARK_BENCH_WORKERS the
// kernel threads (2; 0: none), TIDEMARK_BENCH_ONLY one of the two workspaces (sample, events), TIDEMARK_BENCH_QUESTIONS
// the questions (a pattern of names). An existing folder with both workspaces (sample/, events/) in TIDEMARK_BENCH_DATA
// is used and kept.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { createSampleWorkspace } from '../../main/engine/create-sample-workspace.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';

const EVENTS = Number(process.env['TIDEMARK_BENCH_EVENTS'] ?? 1_000_000);
const ROUNDS = Number(process.env['TIDEMARK_BENCH_ROUNDS'] ?? 15);
const BUDGET_BYTES = 1 << 30;
/** 0: everything on the caller's thread. */
const WORKERS = Number(process.env['TIDEMARK_BENCH_WORKERS'] ?? 2);
const WORKER_FILE = new URL('../../main/query/workers/worker-entry.ts', import.meta.url);
const ONLY = process.env['TIDEMARK_BENCH_ONLY'] ?? '';
const WANTED = new RegExp(process.env['TIDEMARK_BENCH_QUESTIONS'] ?? '');
/** The generator's names; its sessions stand for practice runs, too. */
const MAP = { columns: { event_type: 'event', app_version: 'release', practice_session_id: 'session_id' } };

type Questions = Readonly<Record<string, QuerySpecInput>>;

const questionsOf = (environment: string, range: { from: string; to: string }): Questions => {
  const common = { environment, range } as const;
  const trend = { kind: 'trend', ...common } as const;
  return {
    'events by day': { ...trend, series: [{ event: null }] },
    'events by hour': { ...trend, interval: 'hour', series: [{ event: 'reaction_captured' }] },
    'users by day, filtered': {
      ...trend,
      series: [{ event: null, measure: 'users' }],
      filters: [{ property: 'locale', op: 'contains', value: 'e' }],
    },
    'users by locale': {
      ...trend,
      series: [{ event: null, measure: 'users' }],
      breakdown: { property: 'locale' },
    },
    'monthly actives by day': { ...trend, series: [{ measure: 'mau' }] },
    'capture rate': { ...trend, compare: 'previous', series: [{ measure: 'capture_rate' }] },
    'capture rate by practice': {
      ...trend,
      series: [{ measure: 'capture_rate' }],
      breakdown: { property: 'practice_id' },
    },
    'master impact': {
      ...trend,
      display: 'total',
      series: [{ measure: 'master_impact' }],
      breakdown: { property: 'master_id' },
    },
    'states by practice': { kind: 'states', ...common },
    'states over time': { kind: 'states', ...common, interval: 'day' },
    'sessions by day': { kind: 'sessions', ...common, interval: 'day' },
    'sessions, filtered': {
      kind: 'sessions',
      ...common,
      filters: [{ property: 'event_type', op: 'is', value: 'page_view' }],
    },
    ...peopleQuestions(common),
  };
};

/** Kinds that follow every user through time. */
const peopleQuestions = (common: {
  environment: string;
  range: { from: string; to: string };
}): Record<string, QuerySpecInput> => {
  const steps = ['practice_opened', 'session_completed', 'reaction_captured'].map((event) => ({ event }));
  const funnel = { kind: 'funnel', ...common, steps, window: { value: 7, unit: 'day' } } as const;
  const back = {
    kind: 'retention',
    ...common,
    interval: 'week',
    anchor: { event: null },
    return: { event: null },
  } as const;
  return {
    funnel,
    'funnel by locale': { ...funnel, breakdown: { property: 'locale' } },
    'funnel, unordered': { ...funnel, order: 'unordered' },
    'funnel, trend': { ...funnel, show: 'trend' },
    'retention by week': back,
    'retention, first time': { ...back, type: 'first_time' },
    lifecycle: { kind: 'lifecycle', ...common, interval: 'week', event: { event: null } },
    stickiness: { kind: 'stickiness', ...common, event: { event: null } },
    paths: { kind: 'paths', ...common },
    distribution: {
      kind: 'distribution',
      ...common,
      event: 'session_completed',
      property: 'duration_seconds',
    },
  };
};

const given = process.env['TIDEMARK_BENCH_DATA'];
const root = given ?? mkdtempSync(path.join(tmpdir(), 'tidemark-bench-'));
try {
  process.stdout.write(
    `machine  ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}\n`,
  );
  const month = { from: '2026-10-23', to: '2026-11-19' };
  if (ONLY !== 'events')
    await measure('sample workspace, 28 of 180 days', await sampleFolder(), questionsOf('sample', month));
  const quarter = { from: '2025-01-06', to: '2025-04-05' };
  if (ONLY !== 'sample')
    await measure(
      `${EVENTS} generated events, all 90 days`,
      await eventsFolder(),
      questionsOf('bench', quarter),
    );
} finally {
  if (given === undefined) rmSync(root, { recursive: true });
}

async function sampleFolder(): Promise<string> {
  const dataDir = path.join(root, 'sample');
  if (existsSync(dataDir)) return dataDir;
  const store = await createSampleWorkspace({ dataDir, seed: 1 });
  await runSync(store, { sourceName: null });
  store.close();
  return dataDir;
}

async function eventsFolder(): Promise<string> {
  const dataDir = path.join(root, 'events');
  if (existsSync(dataDir)) return dataDir;
  const raw = path.join(root, 'raw');
  mkdirSync(raw, { recursive: true });
  const generator = path.join(import.meta.dirname, 'peers', 'generate.mjs');
  const args = [generator, '--events', String(EVENTS), '--formats', 'ndjson.gz', '--out', raw];
  if (spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }).status !== 0) {
    throw new Error('the generator failed');
  }
  createWorkspace(dataDir, { name: 'Bench', zone: 'Europe/Oslo' });
  const store = openStore(dataDir);
  const files = [path.join(raw, 'events.ndjson.gz')];
  await importFiles(store, files, { environment: 'bench', dataset: 'events', map: MAP });
  store.close();
  return dataDir;
}

async function measure(title: string, dataDir: string, questions: Questions): Promise<void> {
  const engine = createQueryEngine({
    dataDir,
    memoryBudgetBytes: BUDGET_BYTES,
    cachedResults: 0,
    ...(WORKERS === 0 ? {} : { threads: { workers: WORKERS, workerFile: WORKER_FILE, onDefect: fail } }),
  });
  process.stdout.write(`\n${title}\n${row(['', 'first', 'p50 ms', 'p95 ms', 'cpu ms', 'rows read'])}\n`);
  try {
    for (const [name, spec] of Object.entries(questions)) {
      if (!WANTED.test(name)) continue;
      const { firstMs, times, cpuMs, rowsRead } = await timeQuestion(engine, spec);
      const cells = [firstMs, quantile(times, 0.5), quantile(times, 0.95), quantile(cpuMs, 0.5)].map((ms) =>
        ms.toFixed(1),
      );
      process.stdout.write(`${row([name, ...cells, rowsRead.toLocaleString('en')])}\n`);
    }
  } finally {
    engine.close();
  }
  process.stdout.write(`peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB\n`);
}

function fail(stack: string): never {
  throw new Error(stack);
}

async function timeQuestion(engine: QueryEngine, spec: QuerySpecInput) {
  const times: number[] = [];
  const cpuMs: number[] = []; // of the process: what a busy machine does not stretch
  let rowsRead = 0;
  for (let round = 0; round <= ROUNDS; round++) {
    const startMs = performance.now();
    const before = process.cpuUsage();
    rowsRead = (await engine.run(spec)).rowsRead;
    const used = process.cpuUsage(before);
    times.push(performance.now() - startMs);
    cpuMs.push((used.user + used.system) / 1000);
  }
  const [firstMs = NaN, ...warm] = times;
  const ascending = (a: number, b: number): number => a - b;
  return { firstMs, times: warm.sort(ascending), cpuMs: cpuMs.slice(1).sort(ascending), rowsRead };
}

function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

function row([name = '', ...cells]: readonly string[]): string {
  return `${name.padEnd(26)}${cells.map((cell) => cell.padStart(11)).join('')}`;
}
