import { afterEach, beforeEach, expect, it } from 'vitest';
import { addSource } from '../../main/engine/sync/sources.ts';
import { type ListingServer, startListingServer } from '../support/listing-server.ts';
import { faultsOf } from '../support/store-check.ts';
import { withSnapshot } from '../support/stored-rows.ts';
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts';

const OBJECTS = process.env['TIDEMARK_DEEP'] === '1' ? 1_000_000 : 1_600;
const DAYS = 30;
const MOST_GROWTH_BYTES = 250e6; // from a quarter of the objects to all of them
const TIMEOUT_MS = 30_000 + OBJECTS * 5;

let server: ListingServer;
let workspace: TestWorkspace;
beforeEach(async () => {
  server = await startListingServer({ objects: OBJECTS, days: DAYS });
  workspace = testWorkspace('memory');
});
afterEach(() => {
  server.close();
  workspace.remove();
});

it(
  `brings ${OBJECTS} small objects home in bounded memory; a second sync reads only the listing`,
  async () => {
    await workspace.withStore((store) =>
      addSource(store, {
        kind: 's3',
        name: 'many',
        environment: 'test',
        bucket: 'bucket',
        keyTemplate: 'events/${ENV}/dt=%Y-%m-%d/',
        endpoint: server.endpoint,
        pathStyle: true,
        credentials: { kind: 'anonymous' },
      }),
    );
    let quarterBytes = 0;
    const first = await workspace.sync({
      onProgress: ({ filesDone }) => {
        if (filesDone === OBJECTS / 4) quarterBytes = process.memoryUsage.rss();
      },
    });
    expect(first).toMatchObject({ state: 'idle', counts: { files: OBJECTS, read: OBJECTS, kept: OBJECTS } });
    expect(process.memoryUsage.rss() - quarterBytes).toBeLessThan(MOST_GROWTH_BYTES);
    const pages = Math.ceil(OBJECTS / 1000);
    expect(await server.counts()).toEqual({ lists: pages, gets: OBJECTS });
    expect(await workspace.sync({ isFull: true })).toMatchObject({ state: 'idle', filesTotal: 0 });
    expect(await server.counts()).toEqual({ lists: pages * 2, gets: OBJECTS });
    expect(faultsOf(workspace.dataDir)).toEqual([]);
    withSnapshot(workspace.dataDir, (snapshot) => {
      const all = { environment: 'test', dataset: 'events', fromMs: null, toMs: null };
      expect(snapshot.segments(all).reduce((sum, { rows }) => sum + rows, 0)).toBe(OBJECTS);
    });
  },
  TIMEOUT_MS,
);
