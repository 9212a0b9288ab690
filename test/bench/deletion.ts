// How long 1,000 requests to be forgotten take, and how many bytes are written anew for them.
// TIDEMARK_BENCH_EVENTS sets the size (1,000,000), TIDEMARK_BENCH_USERS the number of requests (1,000).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { runDeletions } from '../../main/engine/privacy/apply-deletions.ts';
import { requestDeletions } from '../../main/engine/privacy/deletion-requests.ts';
import { secretsOf } from '../../main/engine/privacy/load-refusals.ts';
import { deletionRequests } from '../../main/engine/privacy/privacy-handlers.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { type EngineStore, openStore } from '../../main/engine/store/engine-store.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import { filesHolding } from '../support/byte-search.ts';

const events = Number(process.env['TIDEMARK_BENCH_EVENTS'] ?? 1_000_000);
const wanted = Number(process.env['TIDEMARK_BENCH_USERS'] ?? 1000);
const MAP = { columns: { event_type: 'event', app_version: 'release' } }; // the generator's names
const SEARCHED_USERS = 20;

const root = mkdtempSync(path.join(tmpdir(), 'tidemark-bench-'));
try {
  const file = generate(path.join(root, 'raw'));
  const dataDir = path.join(root, 'data');
  createWorkspace(dataDir, { name: 'Bench', zone: 'UTC' });
  const store = openStore(dataDir);
  await importFiles(store, [file], { environment: 'bench', dataset: 'events', map: MAP });
  const users = usersOf(store);
  const requests = users.map((userId, n) => ({
    requestId: `request-${n}`,
    userId,
    requestedAtMs: Date.now(),
    origin: 'manual' as const,
  }));
  await requestDeletions(store, requests, secretsOf(store));
  const startMs = performance.now();
  await runDeletions(store, { graceMs: 0 });
  report(store, users, (performance.now() - startMs) / 1000);
  store.close();
} finally {
  rmSync(root, { recursive: true });
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

function report(store: EngineStore, users: readonly string[], seconds: number): void {
  const done = deletionRequests(store).filter(({ state }) => state === 'done');
  const rows = done.reduce((sum, { receipt }) => sum + (receipt?.rows ?? 0), 0);
  const rewritten = done[0]?.receipt?.rewrittenBytes ?? 0;
  const left = users.slice(0, SEARCHED_USERS).filter((user) => filesHolding(store.dataDir, user).length > 0);
  const lines = [
    `machine     ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    `events      ${events}, of which ${rows} are of ${done.length} users who ask to be forgotten`,
    `deletion    ${seconds.toFixed(1)} s, ${(rewritten / 1e6).toFixed(1)} MB of segments written anew`,
    `left        ${left.length} of ${SEARCHED_USERS} ids found in some file`,
    `peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
