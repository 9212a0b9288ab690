// How long 1,000 requests to be forgotten take, and how many bytes are written anew for them.
// TIDEMARK_BENCH_EVENTS sets the size (1,000,000; the issue asks for 10,000,000), TIDEMARK_BENCH_USERS the number of
// requests (1,000). The store is filled by a process of its own, so that the peak of memory is that of the deletion.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { runDeletions } from '../../main/engine/privacy/apply-deletions.ts';
import { requestDeletions } from '../../main/engine/privacy/deletion-requests.ts';
import { deletionRequests } from '../../main/engine/privacy/privacy-handlers.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { type EngineStore, openStore } from '../../main/engine/store/engine-store.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import { filesHolding } from '../support/byte-search.ts';

const events = Number(process.env['TIDEMARK_BENCH_EVENTS'] ?? 1_000_000);
const wanted = Number(process.env['TIDEMARK_BENCH_USERS'] ?? 1000);
const MAP = { columns: { event_type: 'event', app_version: 'release' } }; // the generator's names
const SEARCHED_USERS = events > 2_000_000 ? 5 : 20; // each is searched in every byte of the store
const FILLS = 'TIDEMARK_BENCH_FILLS'; // set in the process that only fills the store

const filled = process.env[FILLS];
if (filled === undefined) await measure();
else await fill(filled);

async function fill(root: string): Promise<void> {
  const file = generate(path.join(root, 'raw'));
  const dataDir = path.join(root, 'data');
  createWorkspace(dataDir, { name: 'Bench', zone: 'UTC' });
  const store = openStore(dataDir);
  await importFiles(store, [file], { environment: 'bench', dataset: 'events', map: MAP });
  store.close();
  rmSync(path.join(root, 'raw'), { recursive: true });
}

async function measure(): Promise<void> {
  const root = mkdtempSync(path.join(tmpdir(), 'tidemark-bench-'));
  try {
    const { status } = spawnSync(process.execPath, process.argv.slice(1), {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, [FILLS]: root },
    });
    if (status !== 0) throw new Error('the store could not be filled');
    await forgetMany(path.join(root, 'data'));
  } finally {
    rmSync(root, { recursive: true });
  }
}

async function forgetMany(dataDir: string): Promise<void> {
  const store = openStore(dataDir);
  const users = usersOf(store);
  const requests = users.map((userId, n) => ({
    requestId: `request-${n}`,
    userId,
    requestedAtMs: Date.now(),
    origin: 'manual' as const,
  }));
  await requestDeletions(store, requests);
  const startMs = performance.now();
  await runDeletions(store, { graceMs: 0 });
  const seconds = (performance.now() - startMs) / 1000;
  const peakMegabytes = Math.round(process.resourceUsage().maxRSS / 1024);
  report(store, users, { seconds, peakMegabytes });
  store.close();
}

function generate(out: string): string {
  const generator = path.join(import.meta.dirname, 'peers', 'generate.mjs');
  const args = [generator, '--events', String(events), '--formats', 'ndjson.gz', '--out', out];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('the generator failed');
  return path.join(out, 'events.ndjson.gz');
}

/** Spread over all users. */
function usersOf(store: EngineStore): string[] {
  const dictionary = store.environment('bench').dictionary('user_id');
  const step = Math.max(1, Math.floor(dictionary.count / wanted));
  return Array.from({ length: Math.min(wanted, dictionary.count) }, (_, n) =>
    dictionary.textOf(1 + n * step),
  );
}

interface Measured {
  seconds: number;
  peakMegabytes: number;
}

function report(store: EngineStore, users: readonly string[], { seconds, peakMegabytes }: Measured): void {
  const done = deletionRequests(store).filter(({ state }) => state === 'done');
  const rows = done.reduce((sum, { receipt }) => sum + (receipt?.rows ?? 0), 0);
  const rewritten = done[0]?.receipt?.rewrittenBytes ?? 0;
  const left = users.slice(0, SEARCHED_USERS).filter((user) => filesHolding(store.dataDir, user).length > 0);
  const lines = [
    `machine     ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    `events      ${events}, of which ${rows} are of ${done.length} users who ask to be forgotten`,
    `deletion    ${seconds.toFixed(1)} s, ${(rewritten / 1e6).toFixed(1)} MB of segments written anew`,
    `left        ${left.length} of ${SEARCHED_USERS} ids found in some file`,
    `peak memory ${peakMegabytes} MB`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
