import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compareDays } from '../../main/engine/freshness/compare-days.ts';
import type { ComparedDay } from '../../main/engine/freshness/compared-day.ts';
import { freshnessReport } from '../../main/engine/freshness/freshness-report.ts';
import { readmit } from '../../main/engine/freshness/readmit.ts';
import { reconcile } from '../../main/engine/freshness/reconcile.ts';
import { reconciledDays } from '../../main/engine/freshness/reconciled-days.ts';
import { servicesOf } from '../../main/engine/sync/services.ts';
import { storedSource, updateSource } from '../../main/engine/sync/edit-source.ts';
import { addSource, type SourceInput, sourcesToSync } from '../../main/engine/sync/sources.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import type { Answer } from '../../shared/query/answer.ts';
import type { FreshnessReport } from '../../shared/rpc/contract/freshness.ts';
import { type JobBench, openJobBench } from '../support/job-bench.ts';
import { DAY_MS, dayMs, EVERY_MS, type RegularSource, regularSource } from '../support/regular-source.ts';
import { storedRows } from '../support/stored-rows.ts';
import { type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

const HOUR_MS = 3_600_000;
const TARGET_MS = HOUR_MS;
const SYNC_EVERY_MS = 5 * 60_000;
const DEEP = process.env['TIDEMARK_DEEP'] === '1';

let workspace: TestWorkspace;
let source: RegularSource;
let bench: JobBench;
beforeEach(() => {
  workspace = testWorkspace('memory');
  source = regularSource(workspace);
});
afterEach(async () => {
  await bench.close();
  workspace.remove();
});

async function open(startMs: number): Promise<JobBench> {
  await workspace.addFolder({ keyTemplate: 'dt=%Y-%m-%d/', freshnessTargetMs: TARGET_MS });
  bench = openJobBench(workspace, { startMs });
  bench.jobs.start();
  return bench;
}

const sync = () => bench.jobs.run({ sourceName: null, reason: 'manual' });
const report = (): Promise<FreshnessReport> => freshnessReport(bench.store, bench.jobs.arrivals, null);

async function ask(fromDay: number, toDay: number): Promise<Answer> {
  const engine = createQueryEngine({
    dataDir: workspace.dataDir,
    nowMs: bench.nowMs,
    memoryBudgetBytes: 1 << 26,
  });
  try {
    const day = (n: number): string => new Date(dayMs(n)).toISOString().slice(0, 10);
    return await engine.run({
      kind: 'trend',
      environment: 'test',
      series: [{ event: 'page_view' }],
      range: { from: day(fromDay), to: day(toDay) },
    });
  } finally {
    engine.close();
  }
}

describe('a gap', () => {
  const FROM_MS = dayMs(32) + 10 * HOUR_MS;
  const TO_MS = FROM_MS + 3 * HOUR_MS;

  beforeEach(async () => {
    source.writeDays(0, 32);
    source.write(dayMs(32), FROM_MS, 'a');
    source.write(TO_MS, dayMs(33), 'b');
    await open(dayMs(33));
    await sync();
  });

  it('is found to the minute, kept in answers that touch it, and in no others', async () => {
    const { gaps } = await report();
    expect(gaps).toMatchObject([{ sourceName: 'events', state: 'open', eventTypes: null, asked: 0 }]);
    const [{ from, to, expected }] = gaps as [FreshnessReport['gaps'][number]];
    expect(Date.parse(from) - FROM_MS).toBeGreaterThanOrEqual(-EVERY_MS);
    expect(Date.parse(from)).toBeLessThanOrEqual(FROM_MS);
    expect(to).toBe(new Date(TO_MS).toISOString());
    expect(Math.abs(expected - (TO_MS - FROM_MS) / EVERY_MS)).toBeLessThan(2);
    expect((await ask(30, 32)).gaps).toEqual([{ source: 'events', from, to, state: 'open' }]);
    expect((await ask(20, 31)).gaps).toEqual([]);
    expect((await report()).marked).toMatchObject([{ eventType: 'page_view', because: [{ why: 'gap' }] }]);
  });

  it('is requested again, and called missing when the source has no more of it', async () => {
    const states: string[] = [];
    for (const waitMs of [0, HOUR_MS, 6 * HOUR_MS, 48 * HOUR_MS]) {
      await bench.advance(waitMs);
      const [gap] = (await report()).gaps;
      states.push(`${gap!.state} ${gap!.asked}`);
    }
    expect(states).toEqual(['requested 1', 'requested 2', 'missing 3', 'missing 3']);
    expect((await report()).gaps[0]).toMatchObject({ askAt: null, outcome: 'the source has no more of it' });
  });

  it('is gone once its events have come, which is shown', async () => {
    source.write(FROM_MS, TO_MS, 'late');
    await bench.advance(0);
    expect((await report()).gaps).toMatchObject([
      {
        state: 'replayed',
        recovered: (TO_MS - FROM_MS) / EVERY_MS,
        replayedAt: new Date(dayMs(33)).toISOString(),
      },
    ]);
    expect((await ask(30, 32)).gaps).toEqual([]);
    expect((await report()).sources[0]!.openGaps).toBe(0);
    expect(storedRows(workspace.dataDir)).toHaveLength((33 * DAY_MS) / EVERY_MS);
  });
});

describe('a source that stops', () => {
  /** By the minute: the newest event, its lateness, the target, and one more look. */
  it('is marked within its target and the time of one look, whenever it stops, and recovery clears it', async () => {
    await open(dayMs(0));
    bench.jobs.configure('events', { intervalMs: SYNC_EVERY_MS });
    let day = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1439 }),
        fc.integer({ min: 1, max: 300 }),
        async (minute, outage) => {
          const stopMs = dayMs(day) + minute * 60_000;
          const lastMs = dayMs(day) + Math.floor((stopMs - dayMs(day)) / EVERY_MS) * EVERY_MS;
          source.write(dayMs(day), stopMs + 1, 'before');
          await bench.advance(stopMs - bench.nowMs());
          await sync();
          expect((await ask(day, day)).fresh).toBe(true);
          // complete to: the newest event minus the lateness that 99 % of recent rows stayed within
          const markedMs = lastMs - 20_000 + TARGET_MS;
          await bench.advance(markedMs - bench.nowMs());
          expect((await ask(day, day)).fresh).toBe(true);
          const before = bench.revisions.length;
          await bench.advance(60_000);
          expect(bench.revisions.length).toBeGreaterThan(before); // tiles are told, though nothing came
          const marked = await ask(day, day);
          expect(marked).toMatchObject({
            fresh: false,
            lateSources: [{ name: 'events', targetMs: TARGET_MS }],
          });
          expect((await report()).sources[0]).toMatchObject({ status: 'late' });
          await bench.advance(outage * 60_000);
          source.write(lastMs + EVERY_MS, bench.nowMs() - 30_000, `after`);
          const stillMarked = bench.revisions.length;
          await sync();
          expect(bench.revisions.length).toBeGreaterThan(stillMarked);
          expect((await ask(day, day + 1)).fresh).toBe(true);
          expect((await report()).sources[0]!.status).toBe('on-time');
          day += 2;
        },
      ),
      { numRuns: DEEP ? 60 : 4, seed: 20261119, endOnFailure: true },
    );
    expect(bench.faults).toEqual([]);
  });
});

describe('reconciliation', () => {
  const runReconcile = () => reconcile({ ...bench, sourceName: null, signal: new AbortController().signal });
  const differing = () => reconciledDays(bench.store.db, { sourceName: null, differingOnly: true });

  async function compared(): Promise<ComparedDay[]> {
    const [one] = sourcesToSync(bench.store.db, 'events');
    const reader = await one!.openReader(servicesOf(workspace.dataDir, bench.nowMs));
    const days = await compareDays(bench.store.db, one!.sourceId, reader, {
      frozenBefore: null,
      signal: new AbortController().signal,
    });
    reader.close();
    return days;
  }

  it('finds a difference of 1.5 %, reads that day again and heals', async () => {
    source.writeDays(0, 12);
    await open(dayMs(12));
    await sync();
    expect((await compared()).every(({ state }) => state === 'matches')).toBe(true);
    const file = path.join(
      workspace.rawDir,
      `dt=${new Date(dayMs(4)).toISOString().slice(0, 10)}`,
      'all.ndjson',
    );
    const more = ndjson(
      Array.from({ length: 6 }, (_, n) => eventOf(900_000 + n, { ts: new Date(dayMs(4) + n).toISOString() })),
    );
    appendFileSync(file, more);
    const found = (await compared()).filter(({ state }) => state === 'differs');
    expect(found).toMatchObject([{ day: new Date(dayMs(4)).toISOString().slice(0, 10) }]);
    expect(found[0]!.ratio).toBeCloseTo(more.length / statSync(file).size, 10);
    expect(found[0]!.ratio).toBeGreaterThan(0.012);
    expect(found[0]!.ratio).toBeLessThan(0.018);
    await runReconcile();
    expect(differing()).toEqual([]);
    const healed = reconciledDays(bench.store.db, { sourceName: null, differingOnly: false });
    expect(healed.filter(({ pulledAt }) => pulledAt !== null)).toMatchObject([
      { day: found[0]!.day, state: 'matches' },
    ]);
    expect(storedRows(workspace.dataDir)).toHaveLength((12 * DAY_MS) / EVERY_MS + 6);
  });

  const expireAfter = (expiresAfterDays: number | null): void => {
    const { config, ...source } = storedSource(bench.store.db, 'events');
    const { name, environment, dataset } = source;
    updateSource(bench.store, name, {
      ...config,
      name,
      environment,
      dataset,
      expiresAfterDays,
    } as unknown as SourceInput);
  };

  it('marks what it cannot heal in answers that read the day, until it matches or the source has forgotten it', async () => {
    source.writeDays(0, 12);
    await open(dayMs(12));
    await sync();
    const day = new Date(dayMs(4)).toISOString().slice(0, 10);
    const file = path.join(workspace.rawDir, `dt=${day}`, 'all.ndjson');
    const content = readFileSync(file);
    rmSync(file);
    await runReconcile();
    expect((await ask(3, 5)).mismatches).toMatchObject([{ source: 'events', day }]);
    expect((await ask(6, 8)).mismatches).toEqual([]);
    expect((await report()).sources[0]!.mismatches).toMatchObject([{ day }]);
    expireAfter(5);
    await runReconcile();
    expect((await ask(3, 5)).mismatches).toEqual([]);
    expireAfter(null);
    workspace.raw(`dt=${day}/all.ndjson`, content);
    await runReconcile();
    expect(differing()).toEqual([]);
    expect(storedRows(workspace.dataDir)).toHaveLength((12 * DAY_MS) / EVERY_MS);
  });
});

describe('re-admission', () => {
  it('judges refused rows anew by the taxonomy and the clock of now, each of them once', async () => {
    const reaction = (n: number, state: string, ts = dayMs(0) + n): object =>
      eventOf(n, {
        event_type: 'reaction_captured',
        ts: new Date(ts).toISOString(),
        properties: { practice_id: 'p', practice_session_id: `s${n}`, state },
      });
    const taxonomy = (ids: readonly string[]): void => {
      workspace.raw('../taxonomy/t.ndjson', [
        {
          version: '1',
          valid_from: '2026-01-01T00:00:00Z',
          states: ids.map((id, order) => ({ id, label: id, order: order + 1 })),
        },
      ]);
    };
    taxonomy(['calm', 'clear']);
    workspace.raw('dt=2026-10-01/a.ndjson', [
      reaction(1, 'calm'),
      reaction(2, 'brave'),
      reaction(3, 'clear', dayMs(3)),
    ]);
    await open(dayMs(1));
    addSource(bench.store, {
      name: 'states',
      environment: 'test',
      dataset: 'taxonomy',
      path: path.join(workspace.rawDir, '../taxonomy'),
    });
    await sync();
    expect((await report()).quarantine.map(({ reason, rows }) => [reason, rows])).toEqual([
      ['in-future', 1],
      ['unknown-state', 1],
    ]);
    const { signal } = new AbortController();
    taxonomy(['calm', 'clear', 'brave']);
    await sync();
    expect(await readmit(bench, { sourceName: null, reason: 'unknown-state' }, signal)).toEqual({
      objects: 1,
      readmitted: 1,
      left: 0,
    });
    expect(storedRows(workspace.dataDir)).toHaveLength(2);
    await bench.advance(2 * DAY_MS);
    expect(await readmit(bench, { sourceName: 'events', reason: null }, signal)).toMatchObject({
      readmitted: 1,
      left: 0,
    });
    expect(storedRows(workspace.dataDir)).toHaveLength(3);
    expect(
      bench.store.db
        .prepare('SELECT read, kept, duplicate, quarantined FROM sources WHERE name = ?')
        .get('events'),
    ).toEqual({
      read: 3,
      kept: 3,
      duplicate: 0,
      quarantined: 0,
    });
  });
});

it('compares a source with the store once a day by itself', async () => {
  source.writeDays(0, 3);
  await open(dayMs(3));
  await sync();
  const times = (): number =>
    Number(bench.store.db.prepare('SELECT count(DISTINCT checked_at_ms) FROM reconciled_days').pluck().get());
  await bench.advance(12 * HOUR_MS);
  expect(times()).toBe(0);
  bench.store.db.prepare('UPDATE sources SET created_at_ms = ?').run(dayMs(3)); // the bench's own clock
  await bench.advance(12 * HOUR_MS);
  expect(times()).toBe(1);
  const checkedAt = (): string =>
    reconciledDays(bench.store.db, { sourceName: null, differingOnly: false })[0]!.checkedAt;
  const first = checkedAt();
  await bench.advance(HOUR_MS);
  expect(checkedAt()).toBe(first);
});
