import { afterEach, beforeEach, expect, it } from 'vitest';
import { type EngineService, openEngine } from '../../main/engine/engine-service.ts';
import type { MethodName, ParamsOf, ResultOf } from '../../shared/rpc/methods.ts';
import { METHODS } from '../../shared/rpc/methods.ts';
import type { JobsState } from '../../shared/rpc/contract/jobs.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
let engine: EngineService;
let states: JobsState[];
beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder({ freshnessTargetMs: 3_600_000 });
  states = [];
  engine = await openEngine(
    workspace.dataDir,
    {
      onRevision: () => undefined,
      onSyncState: () => undefined,
      onCohort: () => undefined,
      onUpkeepFault: () => undefined,
      onJobs: (state) => states.push(state),
    },
    { surroundings: { random: () => 0.5, startTimer: () => () => undefined } },
  );
});
afterEach(async () => {
  await engine.close();
  workspace.remove();
});

/** As the wire would: parameters and result are checked by the contract. */
async function call<M extends MethodName>(name: M, params: ParamsOf<M>): Promise<ResultOf<M>> {
  const { params: asked, result } = METHODS[name];
  const handler = engine.handlers[name as keyof typeof engine.handlers] as unknown as (
    checked: unknown,
    context: unknown,
  ) => unknown;
  const answer = await handler(asked.parse(params), {
    signal: new AbortController().signal,
    progress: () => undefined,
  });
  return result.parse(answer) as ResultOf<M>;
}

it('answers every method of jobs and freshness as the contract has it', async () => {
  workspace.raw('a.ndjson', [eventOf(1), eventOf(2), { ...eventOf(3), ts: 'never' }, eventOf(1)]);
  const plan = await call('query.jobs.plan', {});
  expect(plan.sources).toMatchObject([{ name: 'events', objects: 1, failure: null }]);
  const { runs } = await call('command.jobs.run', {});
  expect(runs).toMatchObject([
    {
      sourceName: 'events',
      reason: 'manual',
      state: 'done',
      counts: { files: 1, read: 4, kept: 2, duplicate: 1, quarantined: 1, refused: 0 },
    },
  ]);
  expect(runs[0]!.steps.map(({ step }) => step)).toEqual([
    'list',
    'stream',
    'scan',
    'scrub',
    'validate',
    'dictionaries',
    'dedupe',
    'segments',
    'commit',
  ]);
  expect(states.some(({ sources }) => sources[0]!.state === 'running')).toBe(true);
  expect((await call('query.jobs.history', {})).runs).toEqual(runs);
  expect((await call('query.jobs.state', {})).sources).toMatchObject([
    { sourceName: 'events', state: 'idle', last: runs[0] },
  ]);
  const report = await call('query.freshness', {});
  expect(report.sources).toMatchObject([{ sourceName: 'events', status: 'late', eventTypes: ['page_view'] }]);
  expect(report.sources[0]!.rowsPerBucket).toHaveLength(96);
  expect(report.marked).toEqual([
    { eventType: 'page_view', because: [{ sourceName: 'events', why: 'late' }] },
  ]);
  expect(report.lastSync).toMatchObject({ runs });
  const { rows, total } = await call('query.quarantine.rows', {});
  expect({ total, rows }).toMatchObject({
    total: 1,
    rows: [{ sourceName: 'events', object: 'a.ndjson', position: 3 }],
  });
  expect(await call('command.quarantine.readmit', {})).toEqual({ objects: 1, readmitted: 0, left: 1 });
  expect((await call('query.jobs.probe', { sourceName: 'events' })).ok).toBe(true);
  expect((await call('query.jobs.metrics', {})).metrics.map(({ name }) => name)).toContain(
    'event_ingestion_rate',
  );
  expect((await call('command.jobs.reconcile', {})).days).toMatchObject([
    { day: 'undated', state: 'matches', ratio: 0 },
  ]);
  expect((await call('command.jobs.pause', {})).paused).toBe(true);
  expect(await call('command.jobs.hint', { noticed: 'wake' })).toEqual({ started: [] });
  expect((await call('command.jobs.resume', {})).paused).toBe(false);
  expect(
    await call('command.jobs.configure', { sourceName: 'events', settings: { intervalMs: 60_000 } }),
  ).toMatchObject({ settings: { intervalMs: 60_000 } });
  expect(await call('command.jobs.tail', { sourceName: 'events', isOn: true })).toMatchObject({
    everyMs: 2000,
  });
  expect(await call('command.jobs.cancel', {})).toEqual({ cancelled: [] });
});
