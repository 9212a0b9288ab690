import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { SourceServices } from '../../main/engine/sync/source-kinds.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { Crash, crashAtStep } from '../support/crash.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type MemoryS3, startMemoryS3 } from '../support/memory-s3.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { disorderOf, faultsOf, syncedContentOf } from '../support/store-check.ts';
import { NOW_MS, type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

const SEED = Number(process.env['TIDEMARK_SEED'] ?? 20_261_130);
const RUNS = process.env['TIDEMARK_DEEP'] === '1' ? 500 : 5;
/** Seeds that once failed: an abandoned request kept its place at the gate; rows of split objects were missed. */
const CORPUS = [20_261_145, 20_261_614, 20_261_131];
const MOMENTS = 3; // changes of the bucket, each followed by syncs
const MOST_SYNCS = 25; // until nothing is new
const FAULTY_SYNCS = 4; // of these; later ones meet no faults
const BATCH = {
  firstRows: 40,
  maxRows: 40,
  maxBytes: 1 << 30,
  maxObjects: 6,
  chunkBytes: 700,
  idsPerSweep: 60,
};

type Random = () => number;
const below = (random: Random, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)]!;

/** What is done to the bucket between two syncs. */
type Change = { key: string; body: Buffer };

const KEYS = Array.from({ length: 9 }, (_, n) => `events/dt=2026-11-${String(10 + n)}/part-${n % 3}`);
const ENDINGS = ['.ndjson', '.ndjson.gz', '.ndjson.zst', '.json'] as const;

/** A body of some rows: ids that only this key has, with content by version; ids that many keys repeat, always alike. */
function bodyOf(random: Random, key: string, version: number): Buffer {
  const rows = Array.from({ length: 1 + below(random, 60) }, () => {
    const n = below(random, 90);
    if (random() < 0.3) return eventOf(n, { ts: Date.UTC(2026, 10, 1 + (n % 17), n % 24) });
    const own = 1000 + KEYS.indexOf(key.split('.')[0]!) * 1000 + n;
    const properties = { page_path: `/v${version}/${n % 4}`, mail: n % 9 === 0 ? 'ada@example.org' : 'none' };
    return eventOf(own, {
      ts: n % 23 === 0 ? 'never' : Date.UTC(2026, 10, 2 + (own % 17), n % 24),
      event_type: n % 3 === 0 ? 'feature_usage' : 'page_view',
      properties,
    });
  });
  if (key.endsWith('.json')) return Buffer.from(JSON.stringify(rows));
  const text = ndjson(rows);
  if (key.endsWith('.gz')) return gzipSync(text);
  return key.endsWith('.zst') ? zstdCompressSync(text) : Buffer.from(text);
}

function changesOf(random: Random, moment: number): Change[] {
  return Array.from({ length: 2 + below(random, 6) }, (_, change) => {
    const base = pick(random, KEYS);
    const key = `${base}${ENDINGS[KEYS.indexOf(base) % ENDINGS.length]!}`;
    return { key, body: bodyOf(random, key, moment * 100 + change) };
  });
}

function faultOf(random: Random): Fault {
  const afterBytes = below(random, 900);
  switch (below(random, 12)) {
    case 0:
      return { kind: 'refuse' };
    case 1:
      return { kind: 'reset', afterBytes };
    case 2:
      return { kind: 'truncate', afterBytes };
    case 3:
      return { kind: 'trickle', pieceBytes: 100 + below(random, 400), pauseMs: 1 };
    case 4:
      return { kind: 'status', status: 503, headers: { 'retry-after': '1' } };
    case 5:
      return { kind: 'status', status: 429 };
    case 6:
      return { kind: 'status', status: 500, body: '<html>not what was asked for</html>' };
    case 7:
      return { kind: 'length', by: pick(random, [-40, -1, 1, 40]) };
    case 8:
      return random() < 0.05 ? { kind: 'stall', afterBytes } : { kind: 'none' };
    case 9:
      return random() < 0.3
        ? { kind: 'status', status: 403, body: '<Error><Code>ExpiredToken</Code></Error>' }
        : { kind: 'none' };
    default:
      return { kind: 'none' };
  }
}

const services = (port: number, random: Random): Partial<SourceServices> => ({
  surroundings: {
    nowMs: () => NOW_MS,
    random,
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) =>
        setImmediate(() => (signal.aborted ? reject(signal.reason as Error) : resolve())),
      ),
  },
  limits: { requests: 4, wholeBytes: port % 2 === 0 ? 1 << 20 : 600, idleMs: 500 },
});

const addBucket = (workspace: TestWorkspace, port: number) =>
  workspace.withStore((store) =>
    addSource(store, {
      kind: 's3',
      name: 'bucket',
      environment: 'test',
      bucket: 'bucket',
      keyTemplate: 'events/dt=%Y-%m-%d/',
      endpoint: `http://127.0.0.1:${port}`,
      pathStyle: true,
      credentials: { kind: 'anonymous' },
    }),
  );

const isSettled = ({ state, filesTotal }: SyncState): boolean => state === 'idle' && filesTotal === 0;

/** The same moments without any fault, the changes of a sync made before it. */
async function undisturbed(s3: MemoryS3, moments: readonly (readonly Change[])[]): Promise<unknown> {
  const workspace = testWorkspace('memory');
  try {
    await addBucket(workspace, s3.port);
    const calm = services(s3.port, () => 0);
    for (const changes of moments) {
      for (const { key, body } of changes) s3.objects.set(key, body);
      await workspace.sync({ services: calm, batch: BATCH, isFull: true });
    }
    return syncedContentOf(workspace.dataDir);
  } finally {
    workspace.remove();
    s3.objects.clear();
  }
}

async function disturbed(
  s3: MemoryS3,
  proxy: FaultProxy,
  moments: readonly (readonly Change[])[],
  random: Random,
): Promise<unknown> {
  const workspace = testWorkspace('memory');
  try {
    await addBucket(workspace, proxy.port);
    for (const changes of moments) await settle(workspace, s3, proxy, changes, random);
    expect(faultsOf(workspace.dataDir)).toEqual([]);
    expect(disorderOf(workspace.dataDir)).toEqual([]);
    return syncedContentOf(workspace.dataDir);
  } finally {
    workspace.remove();
    s3.objects.clear();
  }
}

/** Syncs until nothing is new; changes come before the first sync or in the middle of it, listing or reading. */
async function settle(
  workspace: TestWorkspace,
  s3: MemoryS3,
  proxy: FaultProxy,
  changes: readonly Change[],
  random: Random,
): Promise<void> {
  const late = changes.filter(() => random() < 0.3);
  const faults = seededRandom(Math.floor(random() * 2 ** 31)); // retries draw in the order of time, the rest must not
  for (const { key, body } of changes) s3.objects.set(key, body);
  for (const { key } of late) s3.objects.delete(key);
  // what stays hidden until later keeps its earlier body meanwhile
  const from = s3.requests();
  const whenBy = new Map(late.map((change) => [change, from + below(random, 12)]));
  s3.onRequest = (_kind, nth) => {
    for (const [{ key }, when] of whenBy) if (nth >= when) s3.objects.set(key, newestOf(changes, key));
  };
  for (let syncs = 0; syncs < MOST_SYNCS; syncs++) {
    const isFaulty = syncs < FAULTY_SYNCS;
    proxy.plan = () => (isFaulty ? faultOf(faults) : { kind: 'none' });
    if (!isFaulty) for (const { key } of late) s3.objects.set(key, newestOf(changes, key));
    const crashStep = isFaulty && random() < 0.3 ? 1 + below(random, 30) : 0;
    const isFull = random() < 0.7;
    const state = await syncOnce(workspace, { port: proxy.port, crashStep, isFull, random: faults });
    if (!isFaulty && state !== null && isSettled(state)) return;
  }
  throw new Error('it never settled');
}

const newestOf = (changes: readonly Change[], key: string): Buffer =>
  changes.findLast((change) => change.key === key)!.body;

interface OneSync {
  port: number;
  /** 0: it is not killed. */
  crashStep: number;
  isFull: boolean;
  random: Random;
}

/** null: it was killed. */
async function syncOnce(
  workspace: TestWorkspace,
  { port, crashStep, isFull, random }: OneSync,
): Promise<SyncState | null> {
  const options = { services: services(port, random), batch: BATCH, isFull };
  if (crashStep === 0) return workspace.sync({ ...options, isFull: true });
  const crash = crashAtStep(workspace.dataDir, crashStep);
  try {
    return await workspace.sync(options, { onStep: crash.onStep });
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return null;
  } finally {
    crash.restore();
  }
}

describe('a source that misbehaves', () => {
  it.each([...CORPUS, ...Array.from({ length: RUNS }, (_, run) => SEED + run)])(
    'leaves the store of an undisturbed one (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const s3 = await startMemoryS3(3);
      const proxy = await startFaultProxy(s3.port, () => ({ kind: 'none' }));
      try {
        const moments = Array.from({ length: MOMENTS }, (_, moment) => changesOf(random, moment));
        const expected = await undisturbed(s3, moments);
        expect(await disturbed(s3, proxy, moments, random)).toEqual(expected);
      } finally {
        await proxy.close();
        await s3.close();
      }
    },
    120_000,
  );
});
