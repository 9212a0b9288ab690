// How fast small segments become large ones: generated events imported in small batches, then merged, then the catalogue
// rebuilt from the files. TIDEMARK_BENCH_EVENTS sets the size (1,000,000), TIDEMARK_BENCH_BATCH the rows of a batch (20,000).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { rebuildCatalogue } from '../../main/engine/doctor/rebuild/rebuild-catalogue.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { mergeDeltas } from '../../main/engine/store/merge/merge-deltas.ts';
import { DEFAULT_BATCH } from '../../main/engine/sync/batch-limit.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';

const EVENTS = Number(process.env['TIDEMARK_BENCH_EVENTS'] ?? 1_000_000);
const BATCH_ROWS = Number(process.env['TIDEMARK_BENCH_BATCH'] ?? 20_000);
const MAP = { columns: { event_type: 'event', app_version: 'release' } }; // the generator's names
const SAMPLE_EVERY_MS = 5;

const root = mkdtempSync(path.join(tmpdir(), 'tidemark-bench-'));
try {
  const dataDir = path.join(root, 'data');
  await fill(dataDir, generate(path.join(root, 'raw')));
  const lines = [`machine   ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`];
  lines.push(await measureMerge(dataDir), await measureRebuild(dataDir));
  process.stdout.write(`${lines.join('\n')}\n`);
} finally {
  rmSync(root, { recursive: true });
}

function generate(out: string): string {
  const generator = path.join(import.meta.dirname, 'peers', 'generate.mjs');
  const args = [generator, '--events', String(EVENTS), '--formats', 'ndjson.gz', '--out', out];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('the generator failed');
  return path.join(out, 'events.ndjson.gz');
}

async function fill(dataDir: string, file: string): Promise<void> {
  createWorkspace(dataDir, { name: 'Bench', zone: 'UTC' });
  const store = openStore(dataDir);
  const batch = { ...DEFAULT_BATCH, firstRows: BATCH_ROWS, maxRows: BATCH_ROWS, chunkBytes: 1 << 18 };
  await importFiles(store, [file], { environment: 'bench', dataset: 'events', map: MAP, batch });
  store.close();
}

/** Longest stretch without a turn of the event loop: what a question to the same process would wait. */
async function measureMerge(dataDir: string): Promise<string> {
  const store = openStore(dataDir);
  let longestMs = 0;
  let peakBytes = 0;
  let turnMs = performance.now();
  const sampler = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - turnMs - SAMPLE_EVERY_MS);
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
    turnMs = performance.now();
  }, SAMPLE_EVERY_MS);
  const revisionBefore = store.revision;
  const startMs = performance.now();
  const { commits, filesBefore, filesAfter } = await mergeDeltas(store);
  const seconds = (performance.now() - startMs) / 1000;
  clearInterval(sampler);
  const { rows } = store.db
    .prepare<[number], { rows: number }>('SELECT sum(rows) AS rows FROM segments WHERE created_revision > ?')
    .get(revisionBefore) ?? { rows: 0 };
  store.close();
  return (
    `merge     ${commits} days, ${filesBefore} files into ${filesAfter}, ${seconds.toFixed(2)} s, ` +
    `${(rows / seconds / 1e6).toFixed(2)} M rows/s, longest pause ${longestMs.toFixed(0)} ms, ` +
    `peak memory ${Math.round(peakBytes / 2 ** 20)} MB`
  );
}

async function measureRebuild(dataDir: string): Promise<string> {
  for (const suffix of ['', '-wal', '-shm'])
    rmSync(path.join(dataDir, `catalogue.sqlite${suffix}`), { force: true });
  const startMs = performance.now();
  const [first] = await rebuildCatalogue(dataDir, { signal: new AbortController().signal, now: Date.now });
  return `rebuild   ${((performance.now() - startMs) / 1000).toFixed(2)} s: ${first?.message ?? ''}`;
}
