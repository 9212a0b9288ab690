import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSampleWorkspace } from '../../main/engine/create-sample-workspace.ts';
import { freshnessReport } from '../../main/engine/freshness/freshness-report.ts';
import { createJobService, type JobService } from '../../main/engine/jobs/job-service.ts';
import type { EngineStore } from '../../main/engine/store/engine-store.ts';
import type { FreshSource } from '../../shared/rpc/contract/freshness.ts';

const DAY_MS = 86_400_000;
const DAYS = 30;
const STOPPABLE = ['Sessions', 'Reactions stream', 'App events', 'AI usage', 'Experiment assignments'];

let folder: string;
let store: EngineStore;
let jobs: JobService;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-stopped-'));
  store = await createSampleWorkspace({
    dataDir: path.join(folder, 'data'),
    seed: 2,
    days: DAYS,
    events: 12_000,
  });
  jobs = createJobService({
    store,
    surroundings: { random: () => 0.5, startTimer: () => () => undefined },
    upkeep: { pause: () => Promise.resolve(), start: () => undefined },
    onJobs: () => undefined,
    onSyncState: () => undefined,
    onFault: (message) => expect.fail(message),
  });
});
afterAll(async () => {
  await jobs.close();
  store.close();
  rmSync(folder, { recursive: true });
});

const states = async (): Promise<Map<string, FreshSource>> =>
  new Map(
    (await freshnessReport(store, jobs.arrivals, null)).sources.map((source) => [source.sourceName, source]),
  );

/** The folders of a source's days from `day` on, set aside. */
function stop(sourceName: string, day: string): () => void {
  const row = store.db
    .prepare<[string], { config: string }>('SELECT config FROM sources WHERE name = ?')
    .get(sourceName);
  const { path: root } = JSON.parse(row!.config) as { path: string };
  const moved: [string, string][] = [];
  const walk = (place: string): void => {
    for (const name of readdirSync(place)) {
      const below = path.join(place, name);
      if (!name.startsWith('dt=')) walk(below);
      else if (name.slice(3) >= day)
        moved.push([below, path.join(folder, `${moved.length}-${sourceName}-${name}`)]);
    }
  };
  walk(path.resolve(store.dataDir, root));
  for (const [from, to] of moved) renameSync(from, to);
  return () => {
    for (const [from, to] of moved) renameSync(to, from);
  };
}

it('marks each source of the sample that stopped on any day, says from when, and recovery clears it', async () => {
  const asOfMs = store.workspace.asOfMs!;
  const seed = 20261119;
  const ago = fc.sample(fc.integer({ min: 3, max: DAYS - 10 }), { seed, numRuns: STOPPABLE.length });
  const stopped = STOPPABLE.map((sourceName, at) => {
    const day = new Date(asOfMs - ago[at]! * DAY_MS).toISOString().slice(0, 10);
    return { sourceName, day, recover: stop(sourceName, day) };
  });
  await jobs.run({ sourceName: null, reason: 'manual' });
  const marked = await states();
  for (const { sourceName, day } of stopped) {
    const source = marked.get(sourceName)!;
    expect(source.status, `${sourceName} stopped on ${day}, seed ${seed}`).toBe('late');
    expect(source.completeTo! <= `${day}T23:59:59Z`, `${sourceName} complete to ${source.completeTo}`).toBe(
      true,
    );
  }
  // one after the other comes back, and only its own mark goes; the reactions of the sample are late by themselves
  for (const [at, { sourceName, recover }] of stopped.entries()) {
    recover();
    await jobs.run({ sourceName, reason: 'manual' });
    const now = await states();
    expect(now.get(sourceName)!.status, sourceName).toBe(
      sourceName === 'Reactions stream' ? 'late' : 'on-time',
    );
    for (const { sourceName: other } of stopped.slice(at + 1))
      expect(now.get(other)!.status, other).toBe('late');
  }
});
