// How fast gzipped NDJSON becomes committed segments: scrubbed, validated, deduplicated, sorted, on the disk.
// TIDEMARK_BENCH_EVENTS sets the size (1,000,000), TIDEMARK_BENCH_RUNS the number of runs (3).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';

const events = Number(process.env['TIDEMARK_BENCH_EVENTS'] ?? 1_000_000);
const runs = Number(process.env['TIDEMARK_BENCH_RUNS'] ?? 3);
const MAP = { columns: { event_type: 'event', app_version: 'release' } }; // the generator's names

const root = mkdtempSync(path.join(tmpdir(), 'tidemark-bench-'));
try {
  const file = generate(path.join(root, 'raw'));
  const measured = [];
  for (let run = 0; run < runs; run++) measured.push(await importOnce(file, path.join(root, `data-${run}`)));
  report(measured);
} finally {
  rmSync(root, { recursive: true });
}

interface Run {
  seconds: number;
  kept: number;
  segments: number;
  segmentBytes: number;
}

function generate(out: string): string {
  const generator = path.join(import.meta.dirname, 'peers', 'generate.mjs');
  const args = [generator, '--events', String(events), '--formats', 'ndjson.gz', '--out', out];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error('the generator failed');
  return path.join(out, 'events.ndjson.gz');
}

async function importOnce(file: string, dataDir: string): Promise<Run> {
  createWorkspace(dataDir, { name: 'Bench', zone: 'UTC' });
  const store = openStore(dataDir);
  const startMs = performance.now();
  const { counts } = await importFiles(store, [file], { environment: 'bench', dataset: 'events', map: MAP });
  const seconds = (performance.now() - startMs) / 1000;
  store.close();
  const segments = readdirSync(path.join(dataDir, 'segments'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(path.join(entry.parentPath, entry.name)).size);
  return {
    seconds,
    kept: counts.kept,
    segments: segments.length,
    segmentBytes: segments.reduce((sum, sizeBytes) => sum + sizeBytes, 0),
  };
}

function report(measured: readonly Run[]): void {
  const sorted = [...measured].sort((a, b) => a.seconds - b.seconds);
  const median = sorted[Math.floor(sorted.length / 2)];
  if (median === undefined) return;
  const rate = (run: Run): string => `${(run.kept / run.seconds / 1e6).toFixed(3)} M/s`;
  const lines = [
    `machine     ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.version}`,
    `events      ${median.kept}, gzipped NDJSON`,
    `import      ${rate(median)} (${sorted.map(rate).join(', ')}), ${median.seconds.toFixed(2)} s`,
    `segments    ${median.segments}, ${(median.segmentBytes / median.kept).toFixed(1)} bytes per event`,
    `peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}
