// How fast objects come home from S3: many small ones from a fast local server, then gzipped NDJSON beside a local
// import of the same file in the same run. TIDEMARK_BENCH_OBJECTS sets the number of small ones (100,000).
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import { startListingServer } from '../support/listing-server.ts';

const objects = Number(process.env['TIDEMARK_BENCH_OBJECTS'] ?? 100_000);
const root = mkdtempSync(path.join(tmpdir(), 'tidemark-bench-'));
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const memoryMb = (): number => Math.round(process.resourceUsage().maxRSS / 1024);

say(`machine     ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`);
try {
  await smallObjects();
} finally {
  rmSync(root, { recursive: true });
}

async function smallObjects(): Promise<void> {
  const server = await startListingServer({ objects, days: 30 });
  const dataDir = path.join(root, 'small');
  createWorkspace(dataDir, { name: 'Bench', zone: 'UTC' });
  const store = openStore(dataDir);
  addSource(store, {
    kind: 's3',
    name: 'many',
    environment: 'test',
    bucket: 'bucket',
    keyTemplate: 'events/${ENV}/dt=%Y-%m-%d/',
    endpoint: server.endpoint,
    pathStyle: true,
    credentials: { kind: 'anonymous' },
  });
  for (const [name, isFull] of [
    ['first sync', true],
    ['second, full', true],
    ['third, dated', false],
  ] as const) {
    const startMs = performance.now();
    const { cpuUsage } = process;
    const cpu = cpuUsage();
    const { counts, state, message } = await runSync(store, { sourceName: null, isFull });
    const seconds = (performance.now() - startMs) / 1000;
    const { user, system } = process.cpuUsage(cpu);
    say(
      `${name.padEnd(12)}${state} ${message ?? ''} ${counts.files} objects, ${counts.kept} rows in ${seconds.toFixed(1)} s ` +
        `(${Math.round(objects / seconds)} listed/s; ${((user + system) / 1e6).toFixed(1)} s of processor), ` +
        `${JSON.stringify(await server.counts())}, peak memory ${memoryMb()} MB`,
    );
  }
  store.close();
  server.close();
}
