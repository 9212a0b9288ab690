// How fast objects come home from S3: gzipped NDJSON beside a local import of the same file, in turns; then many small
// objects from a fast local server, the first time and again. TIDEMARK_BENCH_EVENTS sets the events of the file
// (500,000), TIDEMARK_BENCH_RUNS how often each way is taken (3), TIDEMARK_BENCH_OBJECTS the small objects (100,000).
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { type EngineStore, openStore } from '../../main/engine/store/engine-store.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { type SourceInput, addSource } from '../../main/engine/sync/sources.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { startFileS3, startListingServer } from '../support/listing-server.ts';

const events = Number(process.env['TIDEMARK_BENCH_EVENTS'] ?? 500_000);
const runs = Number(process.env['TIDEMARK_BENCH_RUNS'] ?? 3);
const objects = Number(process.env['TIDEMARK_BENCH_OBJECTS'] ?? 100_000);
const MAP = { columns: { event_type: 'event', app_version: 'release' } }; // the generator's names

const root = mkdtempSync(path.join(tmpdir(), 'tidemark-bench-'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const peakMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

say(`machine       ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
try {
  if (events > 0) await largeObject();
  if (objects > 0) await smallObjects();
} finally {
  rmSync(root, { recursive: true });
}

async function largeObject(): Promise<void> {
  const raw = path.join(root, 'raw');
  mkdirSync(raw);
  const generator = path.join(import.meta.dirname, 'peers', 'generate.mjs');
  const made = spawnSync(
    process.execPath,
    [generator, '--events', String(events), '--formats', 'ndjson.gz', '--out', path.join(root, 'made')],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  if (made.status !== 0) throw new Error('the generator failed');
  spawnSync('mv', [path.join(root, 'made', 'events.ndjson.gz'), raw]);
  const server = await startFileS3(raw);
  const local: number[] = [];
  const remote: number[] = [];
  for (let run = 0; run < runs; run++) {
    const file = path.join(raw, 'events.ndjson.gz');
    local.push(
      await rateOf(`local-${run}`, (store) =>
        importFiles(store, [file], { environment: 'bench', dataset: 'events', map: MAP }),
      ),
    );
    remote.push(
      await rateOf(`remote-${run}`, (store) => {
        addSource(store, { ...bucketAt(server.endpoint), environment: 'bench', map: MAP });
        return runSync(store, { sourceName: null });
      }),
    );
  }
  server.close();
  const median = (rates: readonly number[]): number =>
    [...rates].sort((a, b) => a - b)[rates.length >> 1] ?? 0;
  const shown = (rates: readonly number[]): string =>
    `${median(rates).toFixed(3)} M events/s (${rates.map((rate) => rate.toFixed(3)).join(', ')})`;
  say(`local import  ${shown(local)}, ${events} events, gzipped NDJSON`);
  say(`from S3       ${shown(remote)}, ${Math.round((100 * median(remote)) / median(local))} % of it`);
}

async function rateOf(name: string, work: (store: EngineStore) => Promise<SyncState>): Promise<number> {
  const store = newStore(name);
  const startMs = performance.now();
  const { counts, message } = await work(store);
  const seconds = (performance.now() - startMs) / 1000;
  store.close();
  if (message !== null) throw new Error(message);
  return counts.kept / seconds / 1e6;
}

function newStore(name: string): EngineStore {
  const dataDir = path.join(root, name);
  createWorkspace(dataDir, { name: 'Bench', zone: 'UTC' });
  return openStore(dataDir);
}

function bucketAt(endpoint: string): Extract<SourceInput, { kind: 's3' }> {
  return {
    kind: 's3',
    name: 'bucket',
    environment: 'test',
    bucket: 'bucket',
    endpoint,
    pathStyle: true,
    credentials: { kind: 'anonymous' },
  };
}

async function smallObjects(): Promise<void> {
  const server = await startListingServer({ objects, days: 30 });
  const store = newStore('small');
  addSource(store, { ...bucketAt(server.endpoint), keyTemplate: 'events/${ENV}/dt=%Y-%m-%d/' });
  say(`small objects ${objects}, one event each, 64 GETs in flight`);
  for (const [name, isFull] of [
    ['first sync', true],
    ['second, full', true],
    ['third, dated', false],
  ] as const) {
    const before = await server.counts();
    const startMs = performance.now();
    const startCpu = process.cpuUsage();
    const { counts, message } = await runSync(store, { sourceName: null, isFull });
    const seconds = (performance.now() - startMs) / 1000;
    const { user, system } = process.cpuUsage(startCpu);
    const after = await server.counts();
    if (message !== null) throw new Error(message);
    const asked = `${after.lists - before.lists} listings, ${after.gets - before.gets} GETs`;
    say(
      `  ${name.padEnd(12)}${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of processor), ` +
        `${Math.round(counts.files / seconds)} objects/s, ${asked}, ${counts.kept} kept, peak memory ${peakMb()} MB`,
    );
  }
  store.close();
  server.close();
}
