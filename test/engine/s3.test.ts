import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { SyncOptions } from '../../main/engine/sync/run-sync.ts';
import type { SourceInput } from '../../main/engine/sync/sources.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import { BUCKET, S3_KEYS, type S3Server, startS3Server } from '../support/s3-server.ts';
import { faultsOf } from '../support/store-check.ts';
import { storedRows } from '../support/stored-rows.ts';
import { type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

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
      keyTemplate: `${folder}/${source.keyTemplate ?? ''}`,
    }),
  );

const sync = (options: Partial<SyncOptions> = {}) =>
  workspace.sync({ services: { secrets: { read: () => Promise.resolve(S3_KEYS) } }, ...options });

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
});
