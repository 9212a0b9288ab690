import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EngineService, openEngine } from '../../main/engine/engine-service.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

const OLD_MS = Date.UTC(2024, 0, 5);

let workspace: TestWorkspace;
let engine: EngineService;
let open: number[];
const faults: string[] = [];

beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder({ name: 'web' });
  workspace.raw(
    'a.ndjson',
    [1, 2, 3, 9].map((n) => eventOf(n, { ts: OLD_MS + n })),
  );
  await workspace.sync();
  open = [];
  engine = await openEngine(workspace.dataDir, {
    onRevision: () => undefined,
    onSyncState: () => undefined,
    onCohort: () => undefined,
    onPrivacy: (requests) => open.push(requests),
    onUpkeepFault: (message) => faults.push(message),
  });
});
afterEach(async () => {
  await engine.close();
  workspace.remove();
});

const context = { signal: new AbortController().signal, progress: () => undefined } as never;

it('forgets a user over the contract, and tells who watches the deadlines', async () => {
  const { handlers } = engine;
  const request = await handlers['command.privacy.delete'](
    { userId: 'usr_2', requestId: 'ticket 1' },
    context,
  );
  expect(request).toMatchObject({ requestId: 'ticket 1', state: 'applied', receipt: { rows: 2 } });
  expect(open.at(-1)).toBe(1); // its files of before wait for the readers
  const state = await handlers['query.privacy']({}, context);
  expect(state).toMatchObject({ refusedUsers: 1, requests: [{ requestId: 'ticket 1', origin: 'manual' }] });
  expect(JSON.stringify(state)).not.toContain('usr_2');
  const report = await handlers['query.freshness']({ environment: null }, context);
  expect(report.deletionRequests).toMatchObject([
    { requestId: 'ticket 1', stage: 'removed', rowsRemoved: 2 },
  ]);
});

it('shows, sets and runs retention over the contract', async () => {
  const { handlers } = engine;
  const { sources } = await handlers['query.retention']({ drafts: [] }, context);
  expect(sources).toMatchObject([{ sourceName: 'web', hotDays: 90, purges: false, next: { rows: 4 } }]);
  const settings = { sourceName: 'web', hotDays: 90, aggregateDays: 730, purges: true, seenRows: 4 };
  expect(await handlers['command.retention.set'](settings, context)).toMatchObject({ purges: true });
  const draft = { sourceName: 'web', hotDays: 5000, aggregateDays: 5000 };
  const drafted = await handlers['query.retention']({ drafts: [draft] }, context);
  expect(drafted.sources).toMatchObject([{ hotDays: 5000, next: { rows: 0 }, purged: { days: 0 } }]);
  await expect(handlers['command.retention.purge']({ seenRows: 3 }, context)).rejects.toThrow(
    'would take 4 rows now, not 3',
  );
  const outcome = await handlers['command.retention.purge']({ seenRows: 4 }, context);
  expect(outcome).toMatchObject({ days: 1, rowsRemoved: 4, bytesAfter: 0 });
  expect((await handlers['query.retention']({ drafts: [] }, context)).sources).toMatchObject([
    {
      next: { rows: 0 },
      purged: { days: 1, firstDay: '2024-01-05', lastDay: '2024-01-05', rowsToAggregates: 0, rowsRemoved: 4 },
    },
  ]);
});

it('takes a schema over the contract', async () => {
  const { handlers } = engine;
  const schema = { title: 'page_view', properties: { page_path: { type: 'string' } } };
  const input = { environment: 'test', eventType: null, schema };
  const imported = await handlers['command.expectation.import'](input, context);
  expect(imported.expectations).toMatchObject([{ eventType: 'page_view', fields: 1, broken: [] }]);
  expect(await handlers['query.expectations']({}, context)).toEqual(imported);
  const named = { environment: 'test', eventType: 'page_view' };
  expect(await handlers['command.expectation.remove'](named, context)).toEqual({ expectations: [] });
  await expect(
    Promise.resolve().then(() => handlers['command.expectation.remove'](named, context)),
  ).rejects.toThrow('no schema was imported for "page_view" of "test"');
});
