import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freshnessReport } from '../../main/engine/freshness/freshness-report.ts';
import { reconcile } from '../../main/engine/freshness/reconcile.ts';
import { reconciledDays } from '../../main/engine/freshness/reconciled-days.ts';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import type { Answer } from '../../shared/query/answer.ts';
import { type JobBench, openJobBench } from '../support/job-bench.ts';
import { storedRows } from '../support/stored-rows.ts';
import { type TableEngine, startTableEngine } from '../support/table-engines.ts';
import { type TestWorkspace, testWorkspace } from '../support/workspace.ts';

const START_MS = 60_000;
const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2026, 9, 1);
const DAYS = 12;
const NOW_MS = FIRST_MS + DAYS * DAY_MS + 6 * 3_600_000;
const ROWS = 400; // a day: 300 page views, 100 clicks
const PLANTED = 6; // 1.5 % of them

const dayOf = (day: number): string => new Date(FIRST_MS + day * DAY_MS).toISOString().slice(0, 10);

function eventsOf(day: number, from: number, count: number, eventType?: string): object[] {
  return Array.from({ length: count }, (_, index) => {
    const n = from + index;
    const ts = new Date(FIRST_MS + day * DAY_MS + n * 100_000).toISOString();
    return {
      event_id: `d${day}-${n}`,
      event_type: eventType ?? (n % 4 === 0 ? 'feature_usage' : 'page_view'),
      ts,
      received_at: ts,
      user_id: `usr_${n % 7}`,
      properties: { page_path: '/a' },
    };
  });
}

describe.each(['postgres', 'clickhouse'] as const)('reconciliation with a table of %s', (engineName) => {
  let engine: TableEngine;
  let workspace: TestWorkspace;
  let bench: JobBench;

  beforeAll(async () => {
    engine = await startTableEngine(engineName);
  }, START_MS);
  afterAll(() => engine.close());
  beforeEach(async () => {
    workspace = testWorkspace('memory');
    await engine.createEvents();
    for (let day = 0; day < DAYS; day++) await engine.insert('events', eventsOf(day, 0, ROWS));
    await workspace.withStore((store) => addSource(store, engine.source({ cursor: 'received_at' })));
    bench = openJobBench(workspace, {
      startMs: NOW_MS,
      services: {
        secrets: { read: () => Promise.resolve(engine.password) },
        surroundings: { ...realSurroundings, nowMs: () => bench.nowMs() },
      },
    });
    await bench.jobs.run({ sourceName: null, reason: 'manual' });
  }, START_MS);
  afterEach(async () => {
    await bench.close();
    workspace.remove();
  });

  const { signal } = new AbortController();
  const services = () => ({
    secrets: { read: () => Promise.resolve(engine.password) },
    surroundings: { ...realSurroundings, nowMs: bench.nowMs },
  });
  const compare = (jobs: Pick<JobBench['jobs'], 'run' | 'exclusively'> = bench.jobs) =>
    reconcile({ store: bench.store, jobs, sourceName: null, services: services(), signal });
  /** Finds and tells, but cannot read again: the source stopped answering in between. */
  const compareOnly = () =>
    compare({
      exclusively: (work) => bench.jobs.exclusively(work),
      run: () => Promise.reject(new Error('gone')),
    });
  const differing = () => reconciledDays(bench.store.db, { sourceName: null, differingOnly: true });
  const all = () => reconciledDays(bench.store.db, { sourceName: null, differingOnly: false });
  const rowsOf = (day: number): number =>
    storedRows(workspace.dataDir).filter(({ ts }) => ts.startsWith(dayOf(day))).length;
  const takes = async (): Promise<Answer['mismatches']> => {
    const queries = createQueryEngine({
      dataDir: workspace.dataDir,
      nowMs: bench.nowMs,
      memoryBudgetBytes: 1 << 26,
    });
    try {
      const answer = await queries.run({
        kind: 'trend',
        environment: 'test',
        series: [{ event: 'page_view' }],
        range: { from: dayOf(2), to: dayOf(5) },
      });
      return answer.mismatches;
    } finally {
      queries.close();
    }
  };

  it('compares every day that is over by event type', { timeout: START_MS }, async () => {
    await compare();
    expect(all()).toHaveLength(2 * DAYS);
    expect(all().every(({ state, ratio }) => state === 'matches' && ratio === 0)).toBe(true);
    expect(all().slice(-2)).toMatchObject([
      { day: dayOf(0), eventType: 'feature_usage', atSource: 100, atHome: 100, pulledAt: null },
      { day: dayOf(0), eventType: 'page_view', atSource: 300, atHome: 300 },
    ]);
  });

  it(
    'finds 1.5 % more rows in an old day, marks what reads it, and heals',
    { timeout: START_MS },
    async () => {
      await engine.insert('events', eventsOf(3, ROWS, PLANTED, 'page_view'));
      await expect(compareOnly()).rejects.toThrow('gone');
      expect(differing()).toMatchObject([
        { day: dayOf(3), eventType: 'page_view', atSource: 306, atHome: 300, ratio: 6 / 306 },
      ]);
      expect(await takes()).toMatchObject([{ source: 'events', day: dayOf(3) }]);
      const report = await freshnessReport(bench.store, bench.jobs.arrivals, null);
      expect(report.sources[0]?.mismatches).toMatchObject([{ day: dayOf(3) }]);
      expect(report.marked.find(({ eventType }) => eventType === 'page_view')?.because).toMatchObject([
        { why: 'differs' },
      ]);
      await compare();
      expect(differing()).toEqual([]);
      expect(await takes()).toEqual([]);
      expect(rowsOf(3)).toBe(ROWS + PLANTED);
      const healed = all().filter(({ pulledAt }) => pulledAt !== null);
      expect(healed.map(({ day, state }) => [day, state])).toEqual([
        [dayOf(3), 'matches'],
        [dayOf(3), 'matches'],
      ]);
    },
  );

  it('finds rows that left, and as many of another type', { timeout: START_MS }, async () => {
    for (const n of [1, 2, 3, 5, 6, 7]) await engine.remove(`d4-${n}`);
    await engine.insert('events', eventsOf(4, ROWS, PLANTED, 'feature_usage'));
    await expect(compareOnly()).rejects.toThrow('gone');
    expect(differing().map(({ eventType, atSource, atHome }) => [eventType, atSource, atHome])).toEqual([
      ['feature_usage', 106, 100],
      ['page_view', 294, 300],
    ]);
    await compare();
    expect(differing()).toEqual([]);
    const ids = storedRows(workspace.dataDir).map(({ id }) => Buffer.from(id, 'hex').toString());
    expect(ids.some((id) => id.startsWith('d4-7\0'))).toBe(false);
    expect(rowsOf(4)).toBe(ROWS);
  });

  it(
    'finds rows that never came, though the listing of their day is as it was',
    { timeout: START_MS },
    async () => {
      const lost = PLANTED;
      bench.store.db
        .prepare('UPDATE ledger SET read = read - ?, kept = kept - ? WHERE key = ?')
        .run(lost, lost, dayOf(5));
      await expect(compareOnly()).rejects.toThrow('gone');
      expect(differing()).toMatchObject([
        { day: dayOf(5), eventType: null, atSource: ROWS, atHome: ROWS - lost, ratio: 0.015 },
      ]);
      await compare();
      expect(differing()).toEqual([]);
      expect(rowsOf(5)).toBe(ROWS);
      const [run] = bench.store.db
        .prepare<[string], { read: number }>('SELECT read FROM ledger WHERE key = ?')
        .all(dayOf(5));
      expect(run).toEqual({ read: ROWS });
    },
  );
});
