import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examine } from '../../main/engine/doctor/examine.ts';
import { runDeletions } from '../../main/engine/privacy/apply-deletions.ts';
import { requestDeletion } from '../../main/engine/privacy/privacy-handlers.ts';
import { type PurgeOutcome, purge } from '../../main/engine/privacy/purge.ts';
import { retentionPreview, setRetention } from '../../main/engine/privacy/retention-settings.ts';
import type { EngineStore } from '../../main/engine/store/engine-store.ts';
import { DEAD_GRACE_MS } from '../../main/engine/store/recover.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { filesHolding } from '../support/byte-search.ts';
import { Crash, crashAtStep } from '../support/crash.ts';
import { plainRows } from '../support/plain-rows.ts';
import { disorderOf, faultsOf } from '../support/store-check.ts';
import { type TestWorkspace, NOW_MS, eventOf, testWorkspace } from '../support/workspace.ts';

const DAY_MS = 86_400_000;
const ROWS_PER_DAY = 6;
const AGES = [0, 10, 89, 90, 91, 92, 200, 729, 730, 731, 732];

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder({ name: 'web', keyTemplate: 'web/' });
  await workspace.addFolder({ name: 'app', keyTemplate: 'app/' });
  workspace.raw('web/1.ndjson', AGES.flatMap(rowsOf));
  workspace.raw(
    'app/1.ndjson',
    [200, 900].flatMap(rowsOf).map((row) => ({ ...row, event_id: `app-${row.event_id}` })),
  );
  await workspace.sync();
});
afterEach(() => workspace.remove());

function rowsOf(ageDays: number): { event_id: string; [name: string]: unknown }[] {
  return Array.from({ length: ROWS_PER_DAY }, (_, n) => ({
    ...eventOf(n, {
      event_type: n % 2 === 0 ? 'practice_opened' : 'page_view',
      ts: Math.floor(NOW_MS / DAY_MS) * DAY_MS - ageDays * DAY_MS + n * 1_234_567,
      user_id: `user-of-${ageDays}-days`,
      session_id: `session-${ageDays}-${n}`,
      locale: n % 3 === 0 ? 'en' : 'de',
      properties: {
        practice_id: `p${n % 2}`,
        practice_session_id: `run-of-${ageDays}-${n}`,
        duration_seconds: n,
        page_path: `/p/${ageDays}`,
      },
    }),
    event_id: `e-${ageDays}-${n}`,
  }));
}

const previewOf = (store: EngineStore, name: string) =>
  retentionPreview(store).find(({ sourceName }) => sourceName === name)!;

function switchOn(store: EngineStore, sourceName = 'web', hotDays = 90, aggregateDays = 730): void {
  const { rows } = previewOf(store, sourceName).next;
  setRetention(store, { sourceName, hotDays, aggregateDays, purges: true, seenRows: rows });
}

async function ask(question: QuerySpecInput): Promise<{ result: unknown; notes: string[] }> {
  const engine = createQueryEngine({
    dataDir: workspace.dataDir,
    memoryBudgetBytes: 64 << 20,
    nowMs: () => NOW_MS,
  });
  try {
    const { result, notes } = await engine.run(question);
    return { result, notes };
  } finally {
    engine.close();
  }
}

const trend = (breakdown?: string): QuerySpecInput => ({
  kind: 'trend',
  environment: 'test',
  range: { from: '2026-04-01', to: '2026-11-20' },
  interval: 'day',
  series: [{ event: null, measure: 'events' }],
  breakdown: breakdown === undefined ? null : { property: breakdown },
});

describe('retention', () => {
  it('shows days, rows and bytes of the next purge, and takes nothing before it is switched on', async () => {
    await workspace.withStore(async (store) => {
      expect(previewOf(store, 'web')).toMatchObject({
        hotDays: 90,
        aggregateDays: 730,
        purges: false,
        next: {
          days: 7,
          firstDay: dayOf(732),
          lastDay: dayOf(91),
          rows: 7 * ROWS_PER_DAY,
          rowsToAggregates: 5 * ROWS_PER_DAY,
        },
      });
      expect(previewOf(store, 'web').next.bytes).toBeGreaterThan(1000);
      const before = plainRows(workspace.dataDir);
      expect(await purge(store)).toMatchObject({ rowsToAggregates: 0, rowsRemoved: 0 });
      expect(plainRows(workspace.dataDir)).toEqual(before);
    });
  });

  it('is switched on only by who has seen what goes', async () => {
    await workspace.withStore((store) => {
      const settings = { sourceName: 'web', hotDays: 90, aggregateDays: 730, purges: true };
      expect(() => setRetention(store, settings)).toThrow(/would take 42 rows/);
      expect(() => setRetention(store, { ...settings, seenRows: 41 })).toThrow(/would take 42 rows/);
      expect(() => setRetention(store, { ...settings, aggregateDays: 30 })).toThrow(/at least as long/);
      expect(setRetention(store, { ...settings, seenRows: 42 })).toMatchObject({ purges: true });
    });
  });

  it('keeps counts by day, type and dimension of the days that it reduces, exactly', async () => {
    const questions = [trend(), trend('practice_id'), trend('locale'), trend('event_type')];
    const before = [];
    for (const question of questions) before.push(await ask(question));
    await workspace.withStore(async (store) => {
      switchOn(store);
      const outcome: PurgeOutcome = await purge(store);
      expect(outcome).toMatchObject({ rowsToAggregates: 30, rowsRemoved: 12 });
      expect(outcome.bytesAfter).toBeLessThan(outcome.bytesBefore);
      expect(previewOf(store, 'web').next.rows).toBe(0);
      expect(await purge(store)).toMatchObject({ rowsToAggregates: 0, rowsRemoved: 0 });
    });
    for (const [index, question] of questions.entries()) {
      const { result, notes } = await ask(question);
      expect(result).toEqual(before[index]!.result);
      expect(notes.filter((note) => note.includes('rest on aggregates'))).toEqual([
        `web: 3 days from ${dayOf(200)} to ${dayOf(91)} rest on aggregates: ` +
          'events count by type and dimension, users and sessions of them are not known',
      ]);
    }
    expect(faultsOf(workspace.dataDir)).toEqual([]);
    expect(disorderOf(workspace.dataDir)).toEqual([]);
    const checks = await examine(workspace.dataDir, { signal: new AbortController().signal });
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
  });

  it('leaves nobody in them: no id of a user, session or run lies in any file', async () => {
    await workspace.withStore(async (store) => {
      switchOn(store);
      await purge(store);
    });
    await workspace.withStore(() => undefined, { now: () => NOW_MS + DEAD_GRACE_MS + 1 });
    for (const text of ['user-of-91-days', 'session-92-1', 'run-of-731-2', '/p/732'])
      expect(filesHolding(workspace.dataDir, text), text).toEqual([]);
    for (const text of ['user-of-90-days', 'user-of-900-days', 'session-200-1'])
      expect(filesHolding(workspace.dataDir, text), text).not.toEqual([]); // young, or of the source that does not purge
  });

  it('counts a row once that comes again after its day was reduced', async () => {
    await workspace.withStore(async (store) => {
      switchOn(store);
      await purge(store);
    });
    workspace.raw('web/2.ndjson', rowsOf(91));
    const { counts } = await workspace.sync();
    expect(counts).toMatchObject({ read: ROWS_PER_DAY, kept: 0, duplicate: ROWS_PER_DAY });
  });

  it('purges by itself once a day, once it is switched on', async () => {
    await workspace.sync();
    await workspace.withStore((store) => {
      expect(previewOf(store, 'web').next.rows).toBe(42);
      switchOn(store);
    });
    await workspace.sync();
    await workspace.withStore((store) => expect(previewOf(store, 'web').next.rows).toBe(0));
    const later = { now: () => NOW_MS + DAY_MS };
    await workspace.withStore(
      (store) => expect(previewOf(store, 'web').next.rows).toBe(2 * ROWS_PER_DAY),
      later,
    );
    await workspace.sync({}, later);
    await workspace.withStore((store) => expect(previewOf(store, 'web').next.rows).toBe(0), later);
  });

  it('goes together with a deletion request', async () => {
    await workspace.withStore(async (store) => {
      switchOn(store);
      await purge(store);
      await requestDeletion(store, { userId: 'user-of-10-days', requestId: null });
      await runDeletions(store, { graceMs: 0 });
    });
    expect(filesHolding(workspace.dataDir, 'user-of-10-days')).toEqual([]);
    expect(faultsOf(workspace.dataDir)).toEqual([]);
  });

  it('finishes after a stop before any of its steps', async () => {
    await workspace.withStore((store) => switchOn(store));
    await workspace.withStore((store) => purge(store));
    const expected = plainRows(workspace.dataDir);
    let stops = 0;
    for (let step = 1; step < 200; step += 5) {
      workspace.remove();
      workspace = testWorkspace('memory');
      await workspace.addFolder({ name: 'web', keyTemplate: 'web/' });
      await workspace.addFolder({ name: 'app', keyTemplate: 'app/' });
      workspace.raw('web/1.ndjson', AGES.flatMap(rowsOf));
      workspace.raw(
        'app/1.ndjson',
        [200, 900].flatMap(rowsOf).map((row) => ({ ...row, event_id: `app-${row.event_id}` })),
      );
      await workspace.sync();
      await workspace.withStore((store) => switchOn(store));
      const crash = crashAtStep(workspace.dataDir, step);
      await workspace
        .withStore((store) => purge(store), { onStep: crash.onStep })
        .catch((error: unknown) => expect(error).toBeInstanceOf(Crash));
      if (!crash.restore()) break;
      stops++;
      await workspace.withStore((store) => purge(store));
      expect(plainRows(workspace.dataDir)).toEqual(expected);
      expect(filesHolding(path.join(workspace.dataDir, 'dictionaries'), 'user-of-91-days')).toEqual([]);
    }
    expect(stops).toBeGreaterThan(3);
  });
});

describe('a source of aggregates', () => {
  it('counts by dimension and keeps no id of a user, session or run at all', async () => {
    await workspace.addFolder({
      name: 'counts',
      keyTemplate: 'counts/',
      environment: 'other',
      mode: 'aggregates',
    });
    const rows = rowsOf(1).map((row, n) => ({
      ...row,
      event_id: `usr-planted-${n}`,
      user_id: 'usr-planted',
    }));
    workspace.raw('counts/1.ndjson', [...rows, { ...rows[0], ts: 'never', event_id: 'bad' }]);
    const { counts } = await workspace.sync();
    expect(counts).toMatchObject({ read: 7, kept: 6, quarantined: 1 });
    const { result } = await ask({
      ...trend('practice_id'),
      environment: 'other',
    });
    expect(JSON.stringify(result)).toContain('p1');
    for (const text of ['usr-planted', 'session-1-', 'run-of-1-'])
      expect(filesHolding(workspace.dataDir, text), text).toEqual([]);
    workspace.raw('counts/2.ndjson', rows);
    expect((await workspace.sync()).counts).toMatchObject({ read: 6, duplicate: 6 });
    expect(readFileSync(path.join(workspace.dataDir, 'catalogue.sqlite')).includes('usr-planted')).toBe(
      false,
    );
  });
});

const dayOf = (ageDays: number): string =>
  new Date(Math.floor(NOW_MS / DAY_MS) * DAY_MS - ageDays * DAY_MS).toISOString().slice(0, 10);
