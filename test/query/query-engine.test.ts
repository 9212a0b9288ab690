import { mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import type { QueryProgress } from '../../main/query/query-engine.ts';
import { WorkspaceInfo } from '../../shared/rpc/methods.ts';
import { event } from '../support/ask-events.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-03-01T12:00:00Z');

/** `perDay` events on each of so many days. */
const manyEvents = (days: number, perDay: number): object[] =>
  Array.from({ length: days * perDay }, (_, index) =>
    event('a', new Date(START_MS + Math.floor(index / perDay) * DAY_MS + (index % perDay)).toISOString(), {
      user_id: `u${index % 97}`,
      properties: { amount: index },
    }),
  );

const trend = { kind: 'trend', environment: 'test', series: [{ event: 'a' }] } as const;

function segmentFiles({ dataDir }: FilledStore): string[] {
  const folder = path.join(dataDir, 'segments');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.arrow'))
    .map((name) => path.join(folder, name));
}

describe('a question', () => {
  it('tells how many of the days have been read', async () => {
    const store = await fillStore({ rows: { events: manyEvents(5, 2) } });
    const engine = store.engine();
    const told: QueryProgress[] = [];
    await engine.run(trend, { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toEqual({ done: 5, total: 5 });
    expect(told.map(({ done }) => done)).toEqual([...told.map(({ done }) => done)].sort((a, b) => a - b));
    engine.close();
    store.remove();
  });

  it('stops soon after a cancel, and leaves the engine able to answer', async () => {
    const store = await fillStore({ rows: { events: manyEvents(60, 400) } });
    const engine = store.engine({ memoryBudgetBytes: 1 });
    const series = Array.from({ length: 26 }, () => ({
      event: null,
      measure: 'quantile',
      q: 0.5,
      property: 'amount',
    }));
    const stop = new AbortController();
    const asked = engine.run({ ...trend, interval: 'hour', series }, { signal: stop.signal });
    setTimeout(() => stop.abort(), 5);
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    await expect(engine.run(trend, { signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
    const after = await engine.run(trend);
    expect(after.rowsRead).toBe(24_000);
    engine.close();
    store.remove();
  });

  it('reads only the segments of its range and event types', async () => {
    const store = await fillStore({ rows: { events: manyEvents(5, 2) } });
    const engine = store.engine();
    const two = await engine.run({ ...trend, range: { from: '2026-03-02', to: '2026-03-03' } });
    expect(two).toMatchObject({ rowsRead: 4, segmentsRead: 2 });
    const other = await engine.run({ ...trend, series: [{ event: 'b' }] });
    expect(other).toMatchObject({ rowsRead: 0, segmentsRead: 0 });
    engine.close();
    store.remove();
  });

  it('answers alike under a memory budget that holds nothing', async () => {
    const store = await fillStore({ rows: { events: manyEvents(5, 50) } });
    const [small, large] = [store.engine({ memoryBudgetBytes: 1 }), store.engine()];
    const question = {
      ...trend,
      series: [
        { event: 'a', measure: 'users' },
        { event: 'a', measure: 'mean', property: 'amount' },
      ],
    };
    const answers = [await small.run(question), await small.run(question), await large.run(question)];
    expect(answers[1]?.result).toEqual(answers[0]?.result);
    expect(answers[2]?.result).toEqual(answers[0]?.result);
    small.close();
    large.close();
    store.remove();
  });

  it('rests on the newest revision, and runs beside others', async () => {
    const store = await fillStore({ rows: { events: manyEvents(2, 2) } });
    const engine = store.engine();
    const [first, second] = await Promise.all([
      engine.run(trend),
      engine.run({ ...trend, interval: 'hour' }),
    ]);
    expect(first.revision).toBe(second.revision);
    const writer = openStore(store.dataDir);
    const file = path.join(store.dataDir, '..', 'more.ndjson');
    writeFileSync(
      file,
      `${JSON.stringify(event('a', '2026-03-02T13:00:00Z', { properties: { fresh: 'yes' } }))}\n`,
    );
    await importFiles(writer, [file], { environment: 'test', dataset: 'events' });
    writer.close();
    const later = await engine.run({ ...trend, breakdown: { property: 'fresh' } });
    expect(later.revision).toBeGreaterThan(first.revision);
    const totals =
      later.kind === 'trend' ? later.result.series.map(({ breakdown, total }) => [breakdown, total]) : [];
    expect(totals).toEqual([
      [null, 4],
      ['yes', 1],
    ]);
    engine.close();
    store.remove();
  });

  it('names a segment file that is cut short or missing, and the questions beside it are still answered', async () => {
    const store = await fillStore({ rows: { events: manyEvents(3, 2) } });
    const [cut = '', gone = ''] = segmentFiles(store).sort();
    truncateSync(cut, 100);
    rmSync(gone);
    const engine = store.engine();
    const ask = (day: string) => engine.run({ ...trend, range: { from: day, to: day } });
    await expect(ask('2026-03-01')).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('2026-03-01') as string,
    });
    await expect(ask('2026-03-02')).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('is missing') as string,
    });
    await expect(ask('2026-03-03')).resolves.toMatchObject({ rowsRead: 2 });
    engine.close();
    store.remove();
  });
});

describe('freshness', () => {
  it('is that of the sources that feed the event types which were read', async () => {
    const nowMs = Date.parse('2026-03-10T12:00:00Z');
    const store = await fillStore({ asOfMs: nowMs, rows: {} });
    const folderOf = (name: string): string => path.join(store.dataDir, '..', name);
    const writer = openStore(store.dataDir, { now: () => nowMs });
    for (const [name, type, ts] of [
      ['late', 'a', '2026-03-10T09:00:00Z'],
      ['fresh', 'b', '2026-03-10T11:59:00Z'],
    ] as const) {
      mkdirSync(folderOf(name));
      const row = { ...event(type, ts), received_at: ts };
      writeFileSync(path.join(folderOf(name), 'events.ndjson'), `${JSON.stringify(row)}\n`);
      addSource(writer, { name, environment: 'test', path: folderOf(name), freshnessTargetMs: 3_600_000 });
    }
    await runSync(writer, { sourceName: null });
    writer.close();
    const engine = store.engine();
    const late = await engine.run(trend);
    expect(late).toMatchObject({
      fresh: false,
      completeTo: '2026-03-10T09:00:00.000Z',
      lateSources: [
        { name: 'late', completeTo: '2026-03-10T09:00:00.000Z', lagMs: 3 * 3_600_000, targetMs: 3_600_000 },
      ],
    });
    const fresh = await engine.run({ ...trend, series: [{ event: 'b' }] });
    expect(fresh).toMatchObject({ fresh: true, completeTo: '2026-03-10T11:59:00.000Z', lateSources: [] });
    const both = await engine.run({ ...trend, series: [{ event: null }] });
    expect(both).toMatchObject({ fresh: false, completeTo: '2026-03-10T09:00:00.000Z' });
    engine.close();
    store.remove();
  });
});

describe('what menus and the frame ask', () => {
  it('gets the values of a property, most frequent first, searched without regard to case', async () => {
    const events = [
      ...['nb-NO', 'nb-NO', 'en-US', ''].map((locale, index) =>
        event('a', `2026-03-02T10:00:0${index}Z`, { locale }),
      ),
      event('b', '2026-03-02T10:00:00Z', { properties: { size: 5 } }),
      event('b', '2026-03-02T10:00:00Z', { properties: { size: 'xl' } }),
    ];
    const store = await fillStore({ rows: { events } });
    const engine = store.engine();
    const ask = (property: string, search = '', limit = 10) =>
      engine.values({ environment: 'test', property, search, limit });
    expect(await ask('locale')).toEqual({
      values: [
        { value: 'nb-NO', events: 2 },
        { value: 'en-US', events: 1 },
      ],
      total: 2,
    });
    expect(await ask('locale', 'EN-')).toEqual({ values: [{ value: 'en-US', events: 1 }], total: 1 });
    expect(await ask('locale', '', 1)).toMatchObject({ values: [{ value: 'nb-NO' }], total: 2 });
    expect((await ask('size')).values.map(({ value }) => value)).toEqual(['5', 'xl']);
    expect(await ask('event_type')).toMatchObject({
      values: [
        { value: 'a', events: 4 },
        { value: 'b', events: 2 },
      ],
    });
    expect(await ask('nothing')).toEqual({ values: [], total: 0 });
    engine.close();
    store.remove();
  });

  it('describes the workspace as the contract says', async () => {
    const store = await fillStore({
      zone: 'Europe/Oslo',
      asOfMs: START_MS + 2 * DAY_MS,
      rows: {
        events: manyEvents(2, 3),
        practices: [{ id: 'p', name: 'Breathing', category: 'calming' }],
        masters: [{ id: 'm', name: 'A. Okafor' }],
        releases: [{ version: '4.18', released_at: '2026-03-01T08:00:00Z' }],
        users: [{ user_id: 'u1', first_seen_at: '2026-03-01T12:00:00Z' }],
        taxonomy: [
          {
            version: '1',
            valid_from: '2020-01-01',
            states: [
              { id: 'b', label: 'B', order: 2 },
              { id: 'a', label: 'A', order: 1 },
            ],
          },
        ],
      },
    });
    const engine = store.engine();
    const info = WorkspaceInfo.parse(engine.workspace());
    expect(info).toMatchObject({
      zone: 'Europe/Oslo',
      weekStart: 'monday',
      asOf: '2026-03-03T12:00:00.000Z',
      now: '2026-03-03T12:00:00.000Z',
      environments: [
        {
          environment: 'test',
          events: 6,
          firstTs: '2026-03-01T12:00:00.000Z',
          lastTs: '2026-03-02T12:00:00.002Z',
          practices: [{ id: 'p', name: 'Breathing', category: 'calming' }],
          masters: [{ id: 'm', name: 'A. Okafor', category: null }],
          releases: [{ version: '4.18', releasedAt: '2026-03-01T08:00:00.000Z' }],
          taxonomy: { version: '1', states: [{ id: 'a' }, { id: 'b' }] },
          usersDimension: true,
        },
      ],
      store: { events: 6 },
    });
    engine.close();
    store.remove();
  });
});
