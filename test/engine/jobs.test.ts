import { renameSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginRun, runsOf } from '../../main/engine/jobs/job-runs.ts';
import { backOffMs, intervalWithJitter, monthOf, nextMonthMs } from '../../main/engine/jobs/schedule.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import { whileWaiting } from '../../main/engine/sync/while-waiting.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import type { JobRun } from '../../shared/rpc/contract/jobs.ts';
import { type JobBench, type JobBenchOptions, openJobBench } from '../support/job-bench.ts';
import { storedRows } from '../support/stored-rows.ts';
import { NOW_MS, type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

const MINUTE_MS = 60_000;
let workspace: TestWorkspace;
let bench: JobBench | undefined;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder();
});
afterEach(async () => {
  await bench?.close();
  bench = undefined;
  workspace.remove();
});

function open(options: Partial<JobBenchOptions> = {}): JobBench {
  bench = openJobBench(workspace, { startMs: NOW_MS, ...options });
  bench.jobs.start();
  return bench;
}

const runs = ({ store }: JobBench): JobRun[] =>
  runsOf(store.db, { sourceName: null, before: null, limit: 200 }).reverse();
const told = (all: readonly JobRun[]): string[] => all.map(({ reason, state }) => `${reason} ${state}`);
const addFile = (n: number, events = 2): string =>
  workspace.raw(
    `${n}.ndjson`,
    Array.from({ length: events }, (_, at) => eventOf(n * 100 + at)),
  );

describe('the schedule', () => {
  it('reads a source when its interval is over, and again after each further one', async () => {
    addFile(1);
    const { advance, job } = open();
    await advance(4 * MINUTE_MS);
    expect(runs(bench!)).toEqual([]);
    expect(job()).toMatchObject({ state: 'idle', nextAt: new Date(NOW_MS + 5 * MINUTE_MS).toISOString() });
    await advance(MINUTE_MS);
    addFile(2);
    await advance(5 * MINUTE_MS);
    expect(told(runs(bench!))).toEqual(['schedule done', 'schedule done']);
    expect(storedRows(workspace.dataDir)).toHaveLength(4);
  });

  it('spreads sources: an interval varies by a tenth to either side', () => {
    expect([0, 0.5, 1].map((random) => intervalWithJitter(300_000, random))).toEqual([
      270_000, 300_000, 330_000,
    ]);
  });

  it('waits longer each time a source cannot be reached, says why, and recovers', async () => {
    const { advance, job } = open();
    renameSync(workspace.rawDir, `${workspace.rawDir}-away`);
    await advance(5 * MINUTE_MS);
    expect(job()).toMatchObject({
      state: 'waiting',
      failures: 1,
      nextAt: new Date(NOW_MS + 5 * MINUTE_MS + backOffMs(1, 0.5)).toISOString(),
      waitingFor: expect.stringContaining('does not exist') as string,
    });
    await advance(backOffMs(1, 0.5));
    expect(job()).toMatchObject({ failures: 2 });
    renameSync(`${workspace.rawDir}-away`, workspace.rawDir);
    await advance(backOffMs(2, 0.5) - 1);
    expect(told(runs(bench!))).toEqual(['schedule failed', 'schedule failed']);
    await advance(1);
    expect(job()).toMatchObject({ state: 'idle', failures: 0, waitingFor: null });
    expect(told(runs(bench!)).at(-1)).toBe('schedule done');
  });

  it('doubles the wait up to an hour, half of it left to chance', () => {
    expect([1, 2, 3, 20].map((failures) => backOffMs(failures, 1))).toEqual([
      30_000, 60_000, 120_000, 3_600_000,
    ]);
    expect(backOffMs(3, 0)).toBe(60_000);
  });

  it('reads at once on wake and regained network, but not when it went offline or is paused', async () => {
    const { jobs, advance } = open();
    expect(jobs.hint('offline')).toEqual([]);
    expect(jobs.hint('wake')).toEqual(['events']);
    expect(jobs.hint('online')).toEqual([]); // it waits already: at most one job per source
    await advance(0);
    expect(jobs.hint('online')).toEqual(['events']);
    await advance(0);
    jobs.pause(null);
    expect(jobs.hint('wake')).toEqual([]);
    expect(told(runs(bench!))).toEqual(['wake done', 'network done']);
  });

  it('stops while paused and goes on when resumed; a read that is asked for still comes', async () => {
    const { jobs, advance, job } = open();
    jobs.pause(null);
    await advance(60 * MINUTE_MS);
    expect(runs(bench!)).toEqual([]);
    expect(job().state).toBe('paused');
    await jobs.run({ sourceName: null, reason: 'manual' });
    jobs.resume(null);
    jobs.pause('events');
    await advance(60 * MINUTE_MS);
    expect(told(runs(bench!))).toEqual(['manual done']);
    jobs.resume('events');
    await advance(0);
    expect(told(runs(bench!))).toEqual(['manual done', 'schedule done']);
  });

  it('follows the interval that it is given, and none', async () => {
    const { jobs, advance } = open();
    jobs.configure('events', { intervalMs: MINUTE_MS });
    await advance(MINUTE_MS);
    jobs.configure('events', { intervalMs: null });
    await advance(600 * MINUTE_MS);
    expect(runs(bench!)).toHaveLength(1);
  });
});

describe('a run', () => {
  it('adds up, and is the only one of its source', async () => {
    workspace.raw('a.ndjson', [eventOf(1), eventOf(2), eventOf(1), eventOf(3, { ts: 'never' })]);
    const { jobs, states } = open();
    const both = await Promise.all([
      jobs.run({ sourceName: null, reason: 'manual' }),
      jobs.run({ sourceName: 'events', reason: 'manual' }),
    ]);
    expect(both.map(({ outcomes }) => outcomes[0]!.run.counts.read)).toEqual([4, 0]);
    const [first, second] = runs(bench!);
    expect(first!.counts).toMatchObject({
      files: 1,
      read: 4,
      kept: 2,
      duplicate: 1,
      quarantined: 1,
      refused: 0,
    });
    expect(second).toMatchObject({ state: 'done', counts: { read: 0 } });
    expect(
      states.every(({ sources }) => sources.filter(({ state }) => state === 'running').length <= 1),
    ).toBe(true);
  });

  it('counts rows as duplicates that only the sweep finds', async () => {
    workspace.raw('a.ndjson', [eventOf(1)]);
    const { jobs } = open();
    await jobs.run({ sourceName: null, reason: 'manual' });
    workspace.raw('b.ndjson', [eventOf(1, { ts: '2026-10-01T00:00:00Z' })]);
    const { outcomes } = await jobs.run({ sourceName: null, reason: 'manual' });
    expect(outcomes[0]!.run.counts).toMatchObject({ read: 1, kept: 0, duplicate: 1 });
  });

  it('keeps what was committed when it is cancelled, and goes on from there', async () => {
    for (let n = 0; n < 60; n++) addFile(n);
    const { jobs } = open({
      onSyncState: ({ filesDone }) => filesDone === 20 && bench!.jobs.cancel('events'),
    });
    const { outcomes } = await jobs.run({ sourceName: null, reason: 'manual' });
    expect(outcomes[0]!.run).toMatchObject({ state: 'cancelled', counts: { files: 20, kept: 40 } });
    expect(storedRows(workspace.dataDir)).toHaveLength(40);
    await bench!.close();
    const again = open();
    await again.jobs.run({ sourceName: null, reason: 'manual' });
    expect(storedRows(workspace.dataDir)).toHaveLength(120);
    const all = runs(again);
    expect(all.reduce((sum, { counts }) => sum + counts.kept, 0)).toBe(120);
  });

  it('that the program did not live to end is told as interrupted', async () => {
    await workspace.withStore(({ db }) =>
      beginRun(db, { sourceId: 1, batch: null, reason: 'manual', nowMs: NOW_MS }),
    );
    expect(told(runs(open()))).toEqual(['manual interrupted']);
  });

  it('stops at its budget and waits for somebody to allow more', async () => {
    for (let n = 0; n < 10; n++) addFile(n, 20);
    const { jobs, job, advance } = open();
    jobs.configure('events', { budgetRows: 50 });
    await jobs.run({ sourceName: null, reason: 'manual' });
    expect(job()).toMatchObject({
      state: 'waiting',
      nextAt: null,
      waitingFor: 'there is more than the 50 rows that one run may read',
      last: { state: 'over-budget', counts: { kept: 60 } },
    });
    await advance(600 * MINUTE_MS);
    expect(storedRows(workspace.dataDir)).toHaveLength(60);
    await jobs.run({ sourceName: null, reason: 'manual', isOverBudget: true });
    expect(storedRows(workspace.dataDir)).toHaveLength(200);
    expect(job()).toMatchObject({ state: 'idle', waitingFor: null });
  });

  it('reads no object beyond the bytes of a run, nor beyond those of the month until the next one', async () => {
    addFile(1, 20);
    const { jobs, job, advance, nowMs } = open();
    jobs.configure('events', { budgetBytes: 10 });
    await jobs.run({ sourceName: null, reason: 'manual' });
    expect(job().last).toMatchObject({ state: 'over-budget', counts: { files: 0 } });
    jobs.configure('events', { budgetBytes: null, monthBytes: 6_000 });
    await jobs.run({ sourceName: null, reason: 'manual' });
    addFile(2, 20);
    await jobs.run({ sourceName: null, reason: 'manual' });
    expect(job()).toMatchObject({ state: 'waiting', nextAt: '2026-12-01T00:00:00.000Z' });
    expect(job().monthUsage.bytes).toBeGreaterThan(0);
    await advance(nextMonthMs(nowMs()) - nowMs());
    expect(monthOf(nowMs())).toBe('2026-12');
    expect(storedRows(workspace.dataDir)).toHaveLength(40);
  });
});

describe('a live tail', () => {
  it('brings rows within two of its beats and leaves no empty runs in the history', async () => {
    const { jobs, advance, job } = open();
    jobs.configure('events', { intervalMs: null });
    expect(jobs.tail('events', true)).toMatchObject({ everyMs: 2_000 });
    for (let beat = 0; beat < 5; beat++) await advance(2_000);
    addFile(1);
    await advance(2_000);
    expect(storedRows(workspace.dataDir)).toHaveLength(2);
    expect(told(runs(bench!))).toEqual(['tail done']);
    expect(job().tailUntil).not.toBeNull();
    await advance(120_000); // nobody asked again
    addFile(2);
    await advance(2_000);
    expect(storedRows(workspace.dataDir)).toHaveLength(2);
    expect(job().tailUntil).toBeNull();
  });

  const live = path.join('..', 'live');
  const addLive = () =>
    workspace.withStore((store) =>
      addSource(store, { name: 'live', environment: 'test', path: path.join(workspace.rawDir, live) }),
    );
  /** Calls back once so many objects of a run were read. */
  const afterFiles = (files: number, work: () => void) => {
    let isDone = false;
    return (state: SyncState): void => {
      if (isDone || state.filesDone < files) return;
      isDone = true;
      work();
    };
  };
  const both =
    (...callbacks: readonly ((state: SyncState) => void)[]) =>
    (state: SyncState): void => {
      for (const callback of callbacks) callback(state);
    };
  const readsOf = (all: readonly JobRun[]) =>
    all.map(({ sourceName, reason, counts }) => [
      sourceName,
      reason,
      counts.read,
      counts.kept,
      counts.duplicate,
    ]);

  it('brings rows also while a batch of other syncs runs', async () => {
    for (let n = 1; n <= 30; n++) addFile(n);
    workspace.raw(`${live}/old.ndjson`, [eventOf(9000)]);
    await addLive();
    let seen: number[] = [];
    const ids = () =>
      storedRows(workspace.dataDir).filter(({ ts }) => ts === String(eventOf(9001)['ts'])).length;
    const arrive = afterFiles(5, () => {
      workspace.raw(`${live}/new.ndjson`, [eventOf(9001)]);
      void bench!.advance(2_000);
    });
    const look = afterFiles(20, () => (seen = [ids(), storedRows(workspace.dataDir).length]));
    const { jobs } = open({ onSyncState: both(arrive, look) });
    await jobs.run({ sourceName: 'live', reason: 'manual' });
    jobs.tail('live', true);
    await bench!.advance(2_000);
    await jobs.run({ sourceName: 'events', reason: 'manual' });
    expect(seen[0]).toBe(1);
    expect(seen[1]).toBeLessThan(61); // the batch was not over
    expect(storedRows(workspace.dataDir)).toHaveLength(62);
    expect(readsOf(runs(bench!))).toEqual([
      ['live', 'manual', 1, 1, 0],
      ['events', 'manual', 60, 60, 0],
      ['live', 'tail', 1, 1, 0],
    ]);
  });

  it('reads a source of the batch before its turn, and each of its rows once', async () => {
    for (let n = 1; n <= 30; n++) addFile(n);
    workspace.raw(`${live}/one.ndjson`, [eventOf(9000), eventOf(9001)]);
    await addLive();
    const arrive = afterFiles(5, () => {
      bench!.jobs.tail('live', true);
      void bench!.advance(2_000);
    });
    const more = afterFiles(20, () => {
      workspace.raw(`${live}/two.ndjson`, [eventOf(9002)]);
    });
    const { jobs } = open({ onSyncState: both(arrive, more) });
    await jobs.run({ sourceName: null, reason: 'manual' });
    expect(readsOf(runs(bench!))).toEqual([
      ['events', 'manual', 60, 60, 0],
      ['live', 'tail', 2, 2, 0],
      ['live', 'manual', 1, 1, 0],
    ]);
    expect(storedRows(workspace.dataDir)).toHaveLength(63);
  });

  it('of a source that cannot be reached lets the batch go on', async () => {
    for (let n = 1; n <= 10; n++) addFile(n);
    workspace.raw(`${live}/one.ndjson`, [eventOf(9000)]);
    await addLive();
    const arrive = afterFiles(2, () => {
      renameSync(path.join(workspace.rawDir, live), path.join(workspace.rawDir, '..', 'away'));
      bench!.jobs.tail('live', true);
      void bench!.advance(2_000);
    });
    const { jobs } = open({ onSyncState: arrive });
    expect((await jobs.run({ sourceName: 'events', reason: 'manual' })).sync.message).toBeNull();
    expect(told(runs(bench!))).toEqual(['manual done', 'tail failed']);
    expect(storedRows(workspace.dataDir)).toHaveLength(20);
  });

  it('is read while a part of another source is waited for', async () => {
    let isDue = true;
    const part = Promise.withResolvers<string>();
    const other = {
      isExpected: () => true,
      isDue: () => isDue,
      onDue: () => () => undefined,
      run() {
        isDue = false;
        part.resolve('the part');
        return Promise.resolve();
      },
    };
    expect(await whileWaiting(other, part.promise)).toBe('the part');
  });
});
