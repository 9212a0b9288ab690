import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { examine } from '../../main/engine/doctor/examine.ts';
import { reconcile } from '../../main/engine/freshness/reconcile.ts';
import { reconciledDays } from '../../main/engine/freshness/reconciled-days.ts';
import { runsOf } from '../../main/engine/jobs/job-runs.ts';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import type { SyncOptions } from '../../main/engine/sync/run-sync.ts';
import type { SourceInput } from '../../main/engine/sync/sources.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { type Fault, startFaultProxy } from '../support/fault-proxy.ts';
import { openJobBench } from '../support/job-bench.ts';
import { startMemoryS3 } from '../support/memory-s3.ts';
import { BUCKET, S3_KEYS, type S3Server, startS3Server } from '../support/s3-server.ts';
import { faultsOf } from '../support/store-check.ts';
import { storedRows, withSnapshot } from '../support/stored-rows.ts';
import { loadEngine } from '../support/test-engines.ts';
import { NOW_MS, type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

let server: S3Server;
let workspace: TestWorkspace;
let folder = 0; // each test has one of its own in the one bucket

beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.close());
beforeEach(() => {
  workspace = testWorkspace();
  folder++;
});
afterEach(() => workspace.remove());

const put = (key: string, content: string | Uint8Array | readonly object[]) =>
  server.put(
    `${folder}/${key}`,
    typeof content === 'string' || content instanceof Uint8Array ? content : ndjson(content),
  );

type S3Input = Extract<SourceInput, { kind: 's3' }>;
const addBucket = (source: Partial<S3Input> = {}) =>
  workspace.withStore((store) =>
    addSource(store, {
      kind: 's3',
      name: 'events',
      environment: 'test',
      bucket: BUCKET,
      endpoint: server.endpoint,
      pathStyle: true,
      credentials: { kind: 'keys', secret: 'events' },
      ...source,
      // `../`: of a server whose bucket is the test's own
      keyTemplate: source.keyTemplate?.startsWith('../')
        ? source.keyTemplate.slice(3)
        : `${folder}/${source.keyTemplate ?? ''}`,
    }),
  );

const KEYS = { read: () => Promise.resolve(S3_KEYS) };
const sync = (options: Partial<SyncOptions> = {}) =>
  workspace.sync({ services: { secrets: KEYS }, ...options });

const problems = async (): Promise<string[]> =>
  (await examine(workspace.dataDir, { signal: new AbortController().signal }))
    .filter(({ status }) => status === 'fail')
    .map(({ name, message }) => `${name}: ${message}`);

const idsOf = (): string[] =>
  storedRows(workspace.dataDir)
    .map(({ id }) => Buffer.from(id, 'hex').toString().replace(/\0+$/, ''))
    .sort();

describe('syncing a bucket', () => {
  it('reads every key below its template, whatever shape and packing, once', async () => {
    await addBucket({ keyTemplate: 'events/${ENV}/dt=%Y-%m-%d/' });
    await put('events/test/dt=2026-11-01/a.json', JSON.stringify(eventOf(1), null, 2));
    await put('events/test/dt=2026-11-01/b.ndjson.gz', gzipSync(ndjson([eventOf(2), eventOf(3)])));
    await put('events/test/dt=2026-11-02/sub folder/c+d=é.json', JSON.stringify([eventOf(4), eventOf(5)]));
    await put('events/other/dt=2026-11-02/e.json', JSON.stringify(eventOf(98)));
    await put('events/test/other/f.json', JSON.stringify(eventOf(99)));
    await put('events/test/dt=2026-11-02/_SUCCESS', '');
    expect(await sync()).toMatchObject({
      state: 'idle',
      message: 'events: 1 files are not of rows',
      counts: { files: 3, read: 5, kept: 5 },
    });
    expect(idsOf()).toEqual(['event-1', 'event-2', 'event-3', 'event-4', 'event-5']);
    expect((await sync({ isFull: true })).counts).toMatchObject({ files: 0, read: 0 });
    expect(faultsOf(workspace.dataDir)).toEqual([]);
  });

  it('replaces the rows of an object that was rewritten, in one revision', async () => {
    await addBucket();
    await put('a.ndjson', [eventOf(1), eventOf(2, { ts: 'never' }), eventOf(3)]);
    await put('b.ndjson', [eventOf(4)]);
    await sync();
    const revision = withSnapshot(workspace.dataDir, (snapshot) => snapshot.revision);
    await put('a.ndjson', [eventOf(3, { user_id: 'renewed' }), eventOf(5)]);
    expect((await sync()).counts).toMatchObject({ files: 1, read: 2, kept: 2, duplicate: 0 });
    expect(idsOf()).toEqual(['event-3', 'event-4', 'event-5']);
    expect(storedRows(workspace.dataDir).filter(({ user }) => user === 'renewed')).toHaveLength(1);
    withSnapshot(workspace.dataDir, (snapshot) => {
      expect(snapshot.revision).toBe(revision + 1);
      expect(snapshot.sources()[0]!.counts).toMatchObject({ files: 2, read: 3, kept: 3, quarantined: 0 });
    });
    expect(await problems()).toEqual([]);
  });

  it('keeps the rows of an object that is gone from the bucket, or is gone by the time it is read', async () => {
    await addBucket();
    await put('a.ndjson', [eventOf(1)]);
    await put('b.ndjson', [eventOf(2)]);
    await sync();
    await server.remove(`${folder}/a.ndjson`);
    expect(await sync()).toMatchObject({ state: 'idle', counts: { files: 0 } });
    expect(idsOf()).toEqual(['event-1', 'event-2']);
  });

  it('has again what another object was refused for, once the first no longer holds it', async () => {
    await addBucket();
    await put('a.ndjson', [eventOf(1), eventOf(2)]);
    await put('b.ndjson', [eventOf(2), eventOf(3)]);
    await put('c.ndjson', [eventOf(2), eventOf(4)]);
    await sync();
    await put('a.ndjson', [eventOf(1)]);
    await sync();
    expect(idsOf()).toEqual(['event-1', 'event-2', 'event-3', 'event-4']);
    await put('b.ndjson', [eventOf(3)]);
    await sync();
    expect(idsOf()).toEqual(['event-1', 'event-2', 'event-3', 'event-4']);
    await put('c.ndjson', [eventOf(4)]);
    await sync();
    expect(idsOf()).toEqual(['event-1', 'event-3', 'event-4']);
    expect(await problems()).toEqual([]);
    expect((await sync({ isFull: true })).counts.files).toBe(0);
  });

  it('has again what lies days apart, after the sweep refused it', async () => {
    await addBucket();
    const far = (day: number) => ({ ts: Date.UTC(2026, 9, day) });
    await put('a.ndjson', [eventOf(1, far(1)), eventOf(2, far(1))]);
    await sync();
    await put('b.ndjson', [eventOf(1, far(25)), eventOf(3, far(25))]);
    expect((await sync()).counts).toMatchObject({ kept: 1, duplicate: 1 });
    await put('a.ndjson', [eventOf(2, far(1))]);
    await sync();
    expect(storedRows(workspace.dataDir).map(({ ts }) => ts.slice(0, 10))).toEqual(
      expect.arrayContaining(['2026-10-01', '2026-10-25', '2026-10-25']),
    );
    expect(idsOf()).toEqual(['event-1', 'event-2', 'event-3']);
    expect(await problems()).toEqual([]);
  });

  it('replaces rows of a dimension, and has older ones again where nothing newer is left', async () => {
    await addBucket({ dataset: 'practices' });
    await put(
      '1.json',
      JSON.stringify([
        { id: 'p1', name: 'One' },
        { id: 'p2', name: 'Two' },
      ]),
    );
    await put(
      '2.json',
      JSON.stringify([
        { id: 'p1', name: 'One, renamed' },
        { id: 'p3', name: 'Three' },
      ]),
    );
    await sync();
    const names = () =>
      withSnapshot(workspace.dataDir, (snapshot) =>
        snapshot.dimension('test', 'practices').map(({ id, name }) => `${String(id)} ${String(name)}`),
      );
    expect(names()).toEqual(['p1 One, renamed', 'p2 Two', 'p3 Three']);
    await put('2.json', JSON.stringify([{ id: 'p3', name: 'Three' }]));
    await sync();
    expect(names()).toEqual(['p1 One', 'p2 Two', 'p3 Three']);
    expect(await problems()).toEqual([]);
  });

  it('lists only the days that can have changed, and everything once a day or when asked', async () => {
    const requests: string[] = [];
    const now = { ms: NOW_MS };
    const memory = await startMemoryS3(1000);
    try {
      memory.onRequest = (kind, _nth, url) => {
        if (kind === 'list') requests.push(url.searchParams.get('prefix') ?? '');
      };
      memory.objects.set('events/test/dt=2026-10-01/a.ndjson', Buffer.from(ndjson([eventOf(1)])));
      await addBucket({
        endpoint: `http://127.0.0.1:${memory.port}`,
        keyTemplate: '../events/${ENV}/dt=%Y-%m-%d/',
      });
      const run = async (options: Partial<SyncOptions> = {}) => {
        requests.length = 0;
        const surroundings = { ...realSurroundings, nowMs: () => now.ms };
        const state = await sync({ services: { surroundings, secrets: KEYS }, ...options });
        return { files: state.counts.files, requests: [...requests] };
      };
      expect(await run()).toEqual({ files: 1, requests: ['events/test/dt='] });
      memory.objects.set('events/test/dt=2026-10-02/late.ndjson', Buffer.from(ndjson([eventOf(2)])));
      memory.objects.set('events/test/dt=2026-11-17/late.ndjson', Buffer.from(ndjson([eventOf(3)])));
      now.ms += 3_600_000;
      expect(await run()).toEqual({
        files: 1,
        requests: [16, 17, 18, 19, 20].map((day) => `events/test/dt=2026-11-${day}`),
      });
      expect(await run({ isFull: true })).toEqual({ files: 1, requests: ['events/test/dt='] });
      expect((await run()).requests).toHaveLength(5);
      now.ms += 24 * 3_600_000;
      expect(await run()).toEqual({ files: 0, requests: ['events/test/dt='] });
    } finally {
      await memory.close();
    }
  });

  it('goes back to where it failed, though the next listing would pass it over', async () => {
    const memory = await startMemoryS3(1000);
    const proxy = await startFaultProxy(memory.port, () => ({ kind: 'none' }));
    try {
      for (let day = 1; day <= 3; day++)
        memory.objects.set(`dt=2026-10-0${day}/a.ndjson`, Buffer.from(ndjson([eventOf(day)])));
      await addBucket({ endpoint: `http://127.0.0.1:${proxy.port}`, keyTemplate: '../dt=%Y-%m-%d/' });
      proxy.plan = (nth) =>
        nth === 2
          ? { kind: 'status', status: 403, body: '<Error><Code>AccessDenied</Code></Error>' }
          : { kind: 'none' };
      const first = await sync();
      expect(first).toMatchObject({ state: 'failed', counts: { kept: 2 } });
      expect(first.message).toMatch(/may be listed but not read; the credentials need s3:GetObject$/);
      proxy.plan = () => ({ kind: 'none' });
      expect(await sync()).toMatchObject({ state: 'idle', counts: { kept: 1 } });
      expect(idsOf()).toEqual(['event-1', 'event-2', 'event-3']);
    } finally {
      await proxy.close();
      await memory.close();
    }
  });

  it.each<[string, Fault]>([
    ['announced shorter than listed', { kind: 'length', by: -1 }],
    ['announced longer than it is', { kind: 'length', by: 1 }],
    ['cut in the middle', { kind: 'truncate', afterBytes: 400 }],
    ['reset in the middle', { kind: 'reset', afterBytes: 400 }],
  ])('takes no row of a body that is %s, and has all once it is mended', async (...one) => {
    const memory = await startMemoryS3(1000);
    const proxy = await startFaultProxy(memory.port, () => ({ kind: 'none' }));
    try {
      memory.objects.set('a.ndjson', Buffer.from(ndjson(Array.from({ length: 9 }, (_, n) => eventOf(n)))));
      await addBucket({ endpoint: `http://127.0.0.1:${proxy.port}`, keyTemplate: '../' });
      proxy.plan = (nth) => (nth === 0 ? { kind: 'none' } : one[1]);
      const surroundings = { ...realSurroundings, random: () => 0, sleep: () => Promise.resolve() };
      const state = await sync({ services: { secrets: KEYS, surroundings } });
      expect(state).toMatchObject({ state: 'failed', counts: { read: 0 } });
      expect(state.message).toMatch(/a\.ndjson did not arrive whole: |does not answer as it should/);
      proxy.plan = () => ({ kind: 'none' });
      expect(await sync()).toMatchObject({ state: 'idle', counts: { read: 9, kept: 9 } });
    } finally {
      await proxy.close();
      await memory.close();
    }
  });

  it('is not held up by one object that cannot be had', async () => {
    const memory = await startMemoryS3(1000);
    try {
      for (const name of ['a', 'b', 'c'])
        memory.objects.set(`${name}.ndjson`, Buffer.from(ndjson([eventOf(name.charCodeAt(0))])));
      memory.answer = (url) => (url.pathname.endsWith('b.ndjson') ? 500 : null);
      await addBucket({ endpoint: `http://127.0.0.1:${memory.port}`, keyTemplate: '../' });
      const surroundings = { ...realSurroundings, random: () => 0 };
      const state = await sync({ services: { secrets: KEYS, surroundings } });
      expect(state).toMatchObject({ state: 'failed', counts: { kept: 2 } });
      expect(state.message).toMatch(/b\.ndjson could not be had: .* does not answer as it should/);
      memory.answer = () => null;
      expect(await sync()).toMatchObject({ state: 'idle', counts: { kept: 1 } });
    } finally {
      await memory.close();
    }
  });

  it('gives up a source of which nothing can be had, soon', async () => {
    const memory = await startMemoryS3(1000);
    try {
      for (let n = 0; n < 300; n++) memory.objects.set(`${n}.ndjson`, Buffer.from(ndjson([eventOf(n)])));
      memory.answer = (url) => (url.pathname.endsWith('ndjson') ? 403 : null);
      await addBucket({ endpoint: `http://127.0.0.1:${memory.port}`, keyTemplate: '../' });
      const state = await sync();
      expect(state).toMatchObject({ state: 'failed', counts: { kept: 0 } });
      expect(state.message).toMatch(/may be listed but not read.*; and \d more$/s);
      expect(memory.requests()).toBeLessThan(150);
    } finally {
      await memory.close();
    }
  });

  it('stops when cancelled with requests under way, keeps what it read, and goes on behind it', async () => {
    const memory = await startMemoryS3(50);
    try {
      for (let n = 0; n < 300; n++)
        memory.objects.set(`${1000 + n}.ndjson`, Buffer.from(ndjson([eventOf(n)])));
      await addBucket({ endpoint: `http://127.0.0.1:${memory.port}`, keyTemplate: '../' });
      const stop = new AbortController();
      const onProgress = ({ filesDone }: SyncState): void => {
        if (filesDone === 100) stop.abort();
      };
      const first = await sync({ signal: stop.signal, onProgress });
      expect(first.state).toBe('cancelled');
      expect(first.counts.kept).toBeGreaterThanOrEqual(100);
      expect(memory.requests()).toBeLessThan(250);
      const second = await sync();
      expect(second).toMatchObject({
        state: 'idle',
        counts: { kept: 300 - first.counts.kept, duplicate: 0 },
      });
    } finally {
      await memory.close();
    }
  });

  it('reads Parquet and Arrow of a bucket, of Parquet only the ranges that it wants', async () => {
    await addBucket();
    const { DataFrame } = await loadEngine<{
      DataFrame: (rows: readonly object[]) => { writeParquet: (file: string, options: object) => void };
    }>('nodejs-polars');
    const rows = Array.from({ length: 1000 }, (_, n) => ({
      event_id: `event-${n}`,
      event_type: 'page_view',
      ts: new Date(Date.UTC(2026, 10, 1, 0, 0, n)),
      comment: randomBytes(500).toString('hex'),
    }));
    const file = path.join(workspace.rawDir, 'a.parquet');
    DataFrame(rows).writeParquet(file, { compression: 'zstd' });
    const memory = await startMemoryS3(1000);
    try {
      memory.objects.set('a.parquet', readFileSync(file));
      let sent = 0;
      memory.onSend = (bytes) => (sent += bytes);
      await addBucket({ name: 'ranges', endpoint: `http://127.0.0.1:${memory.port}`, keyTemplate: '../' });
      expect((await sync()).counts).toMatchObject({ read: 1000, kept: 1000 });
      expect(sent).toBeLessThan(readFileSync(file).length / 2);
    } finally {
      await memory.close();
    }
  });
});

describe('a bucket that cannot be read', () => {
  const failing = async (
    source: Partial<S3Input>,
    services: SyncOptions['services'] = {},
  ): Promise<string | null> => {
    await addBucket(source);
    const quick = { ...realSurroundings, random: () => 0 };
    const state = await sync({ services: { secrets: KEYS, surroundings: quick, ...services } });
    expect(state).toMatchObject({ state: 'failed', counts: { read: 0 } });
    return state.message;
  };

  it.each<[string, Partial<S3Input>, RegExp]>([
    [
      'nothing answers',
      { endpoint: 'http://127.0.0.1:9' },
      /nothing answers at 127\.0\.0\.1:9; check the endpoint, or try again later$/,
    ],
    [
      'its name cannot be resolved',
      { endpoint: 'http://s3.invalid:80' },
      /the name s3\.invalid(:80)? cannot be resolved; check the endpoint and the network$/,
    ],
    [
      'no such bucket',
      { bucket: 'no-such-bucket' },
      /there is no bucket "no-such-bucket" at 127\.0\.0\.1:\d+; check/,
    ],
    [
      'no such profile',
      { credentials: { kind: 'profile', profile: 'nobody' } },
      /there is no profile "nobody" in .*; add it there, or give the source another one$/,
    ],
  ])('%s: named, with what to do', async (_name, source, message) => {
    expect(await failing(source)).toMatch(message);
  });

  it.each([
    ['keys of nobody', 'NOBODY:WRONG', /does not accept the credentials \(InvalidAccessKeyId\); check them/],
    ['keys that are none', 'S3RVER', /the secret "events" is not of the form ID:SECRET/],
  ])('%s: named, without a word of them', async (_name, keys, message) => {
    const told = await failing({}, { secrets: { read: () => Promise.resolve(keys) } });
    expect(told).toMatch(message);
    expect(told).not.toMatch(/WRONG|S3RVER|NOBODY/);
  });

  it.each<[string, Fault, RegExp]>([
    [
      'credentials have expired',
      errorOf(400, 'ExpiredToken'),
      /have expired; renew them: "tidemark secrets set events"$/,
    ],
    [
      'wrong keys',
      errorOf(403, 'SignatureDoesNotMatch'),
      /does not accept the credentials \(SignatureDoesNotMatch\)/,
    ],
    [
      'a clock that is wrong',
      errorOf(403, 'RequestTimeTooSkewed'),
      /the clock of this machine differs too much/,
    ],
    ['another region', errorOf(301, 'PermanentRedirect'), /lies in another region; set the source's region$/],
    [
      'access denied',
      errorOf(403, 'AccessDenied'),
      /is denied; the credentials need s3:ListBucket and s3:GetObject$/,
    ],
    [
      'too much asked for',
      errorOf(503, 'SlowDown'),
      /asks for patience and did so for minutes; it is tried again later$/,
    ],
    [
      'a fault of the server',
      errorOf(500, 'InternalError'),
      /does not answer as it should; it is tried again/,
    ],
  ])('%s: named, with what to do', async (_name, fault, message) => {
    const proxy = await startFaultProxy(9, () => fault);
    try {
      const surroundings = { ...realSurroundings, random: () => 0, sleep: () => Promise.resolve() };
      expect(await failing({ endpoint: `http://127.0.0.1:${proxy.port}` }, { surroundings })).toMatch(
        message,
      );
    } finally {
      await proxy.close();
    }
  });
});

function errorOf(status: number, code: string): Fault {
  return { kind: 'status', status, body: `<Error><Code>${code}</Code><Message>no</Message></Error>` };
}

describe('reconciliation of a bucket', () => {
  it('finds an old day that was written anew by its listing, reads it again and heals', async () => {
    await addBucket({ keyTemplate: 'dt=%Y-%m-%d/' });
    const day = (n: number, events: number): object[] =>
      Array.from({ length: events }, (_, at) => eventOf(n * 1440 + at));
    for (let n = 0; n < 12; n++)
      await put(`dt=2026-11-${String(n + 1).padStart(2, '0')}/a.ndjson`, day(n, 200));
    const bench = openJobBench(workspace, { startMs: NOW_MS, services: { secrets: KEYS } });
    try {
      await bench.jobs.run({ sourceName: null, reason: 'manual' });
      await put('dt=2026-11-05/a.ndjson', day(4, 203)); // 1.5 % more
      await bench.jobs.run({ sourceName: null, reason: 'manual' }); // lists recent days only
      expect(storedRows(workspace.dataDir)).toHaveLength(2400);
      const { signal } = new AbortController();
      await reconcile({ ...bench, sourceName: null, services: { secrets: KEYS }, signal });
      expect(storedRows(workspace.dataDir)).toHaveLength(2403);
      const days = reconciledDays(bench.store.db, { sourceName: null, differingOnly: false });
      expect(days.filter(({ pulledAt }) => pulledAt !== null)).toMatchObject([
        { day: '2026-11-05', state: 'matches' },
      ]);
      expect(days).toHaveLength(12);
      expect(runsOf(bench.store.db, { sourceName: null, before: null, limit: 1 })).toMatchObject([
        { reason: 'reconcile', state: 'done', counts: { files: 1, read: 203 } },
      ]);
    } finally {
      await bench.close();
    }
  });
});
