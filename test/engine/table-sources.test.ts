import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compareDays } from '../../main/engine/freshness/compare-days.ts';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import type { SyncOptions } from '../../main/engine/sync/run-sync.ts';
import { DEFAULT_LIMITS } from '../../main/engine/sync/source-kinds.ts';
import type { SourceReader } from '../../main/engine/sync/source-reader.ts';
import { addSource, sourcesToSync } from '../../main/engine/sync/sources.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { selfSigned } from '../support/self-signed.ts';
import { storedRows } from '../support/stored-rows.ts';
import {
  ENGINE_NAMES,
  type TableEngine,
  type TableSourceInput,
  startTableEngine,
} from '../support/table-engines.ts';
import { startTlsFront } from '../support/tls-front.ts';
import { NOW_MS, type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

const { signal } = new AbortController();
const START_MS = 60_000;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const today = (hour: number, minute = 0): string =>
  new Date(Math.floor(NOW_MS / DAY_MS) * DAY_MS + hour * HOUR_MS + minute * 60_000).toISOString();
const daysAgo = (days: number): string => new Date(NOW_MS - days * DAY_MS).toISOString();
const eventAt = (id: number, ts: string, fields: object = {}) =>
  eventOf(id, { ts, received_at: ts, ...fields });

describe.each(ENGINE_NAMES)('a table of %s', (engineName) => {
  let engine: TableEngine;
  let workspace: TestWorkspace;
  let nowMs: number;

  beforeAll(async () => {
    engine = await startTableEngine(engineName);
  }, START_MS);
  afterAll(() => engine.close());
  beforeEach(async () => {
    workspace = testWorkspace('memory');
    nowMs = NOW_MS;
    await engine.createEvents();
  });
  afterEach(() => workspace.remove());

  const add = (overrides: Partial<TableSourceInput> = {}) =>
    workspace.withStore((store) => addSource(store, engine.source(overrides as object)));
  const services = (password: string) => ({
    secrets: { read: () => Promise.resolve(password) },
    surroundings: { ...realSurroundings, nowMs: () => nowMs },
  });
  const sync = (options: Partial<SyncOptions> = {}, password = engine.password): Promise<SyncState> =>
    workspace.sync({ services: services(password), ...options });
  /** As a scheduled sync some minutes later. */
  const syncLater = (minutes = 5): Promise<SyncState> => {
    nowMs += minutes * 60_000;
    return sync();
  };
  const openReader = async (): Promise<SourceReader> => {
    const [source] = await workspace.withStore(({ db }) => sourcesToSync(db, 'events'));
    return source!.openReader({
      dataDir: workspace.dataDir,
      env: {},
      limits: DEFAULT_LIMITS,
      ...services(engine.password),
    });
  };
  const idsOf = (): string[] =>
    storedRows(workspace.dataDir)
      .map(({ id }) => Buffer.from(id, 'hex').toString().replace(/\0+$/, ''))
      .sort();
  const withoutArrival = (rows: readonly Record<string, unknown>[]) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => name !== 'received_at')));

  it('is read once, and again only what is new', async () => {
    await engine.insert('events', [eventOf(1), eventOf(2), eventOf(3000)]);
    await add();
    expect(await sync()).toMatchObject({ state: 'idle', message: null, counts: { read: 3, kept: 3 } });
    expect((await syncLater()).counts).toMatchObject({ files: 0, read: 0 });
    expect(storedRows(workspace.dataDir)[0]).toMatchObject({ user: 'usr_1', 'p.page_path': '/page/1' });
  });

  it('gives the day anew where a row came late and nothing tells when', async () => {
    await engine.createEvents({ arrival: false });
    const rows = [eventOf(1), eventAt(2, daysAgo(2)), eventAt(3, daysAgo(2)), eventAt(4, today(13))];
    await engine.insert('events', withoutArrival(rows));
    await add();
    await sync();
    await engine.insert('events', withoutArrival([eventAt(5, daysAgo(2)), eventAt(6, today(8)), eventOf(7)]));
    expect((await syncLater()).counts).toMatchObject({ read: 5 }); // that day, and today
    expect(idsOf()).toEqual(['event-2', 'event-3', 'event-4', 'event-5', 'event-6', 'event-1'].sort());
    expect((await syncLater()).counts).toMatchObject({ read: 1, duplicate: 1 }); // event 4, by the overlap
    expect((await syncLater()).counts.read).toBe(0);
    expect((await syncLater(24 * 60)).counts).toMatchObject({ read: 4 }); // 1 November, and today, which is over
    expect(idsOf()).toContain('event-7');
  });

  it('gives only what arrived where a column tells when', async () => {
    await engine.insert('events', [eventAt(1, today(1)), eventAt(2, today(9)), eventAt(3, today(13))]);
    await add({ cursor: 'received_at' });
    await sync();
    await engine.insert('events', [eventOf(4, { received_at: today(13, 35) })]); // of 1 November
    expect((await syncLater()).counts).toMatchObject({ read: 2, kept: 1, duplicate: 1 }); // event 3 by the overlap
    expect(
      storedRows(workspace.dataDir)
        .map(({ ts }) => ts.slice(0, 10))
        .sort()[0],
    ).toBe('2026-11-01');
    expect((await syncLater(24 * 60)).counts).toMatchObject({ read: 4 }); // the day is over: once as a whole
    expect(idsOf()).toEqual(['event-1', 'event-2', 'event-3', 'event-4']);
    expect((await syncLater()).counts.read).toBe(0);
  });

  it('loses the rows that the source no longer has on a day', async () => {
    await engine.insert('events', [eventAt(1, daysAgo(1)), eventAt(2, daysAgo(1))]);
    await add();
    await sync();
    await engine.remove('event-1');
    await syncLater();
    expect(idsOf()).toEqual(['event-2']);
  });

  it('leaves out what filters and the allow-list do not want', async () => {
    const note =
      engineName === 'postgres'
        ? `(1 / (length(event_id) - length(event_id)))::text`
        : 'toString(throwIf(1))';
    await engine.insert('events', [eventOf(1), eventOf(2, { event_type: 'chat_interaction' }), eventOf(3)]);
    await engine.run(`CREATE VIEW seen AS SELECT *, ${note} AS comment FROM events`); // whoever reads it fails
    await add({ table: 'seen', filters: [{ column: 'event_type', op: '=', value: 'page_view' }] });
    expect(await sync()).toMatchObject({ message: null, counts: { read: 2, kept: 2 } });
    await workspace.withStore((store) =>
      addSource(store, engine.source({ name: 'open', table: 'seen', allow: ['comment'] })),
    );
    expect((await sync({ sourceName: 'open' })).message).toMatch(/refuses to read|did not arrive whole/);
  });

  it('says which column is gone, and takes a new one along', async () => {
    await engine.insert('events', [eventOf(1)]);
    await add({ map: { columns: { session_id: 'user_id' } } });
    await sync();
    await engine.run('ALTER TABLE events ADD COLUMN shade varchar(20)');
    await engine.insert('events', [eventAt(2, today(13), { shade: 'dark' })]);
    expect(await syncLater()).toMatchObject({ message: null, counts: { kept: 1 } });
    expect(
      storedRows(workspace.dataDir)
        .map((row) => row['p.shade'])
        .filter(Boolean),
    ).toEqual(['dark']);
    await engine.run('ALTER TABLE events RENAME COLUMN user_id TO uid');
    expect((await syncLater()).message).toMatch(/has no column "user_id" that may be read/);
    await engine.run('ALTER TABLE events RENAME COLUMN uid TO user_id');
    expect((await syncLater()).message).toBe(null);
  });

  it('goes on where its shape changes between the count and the read', async () => {
    await engine.insert('events', [eventOf(1), eventOf(1441)]);
    await add();
    const reader = await openReader();
    try {
      const objects = [];
      for await (const page of reader.list({ checkpoint: null, isFull: true, signal }))
        objects.push(...page.objects);
      await engine.run('ALTER TABLE events DROP COLUMN user_id');
      const opened = await reader.open(objects[0]!, signal);
      let bytes = 0;
      for await (const chunk of opened.stream(signal)) bytes += chunk.length;
      opened.close();
      expect(bytes).toBeGreaterThan(50);
      await engine.run('ALTER TABLE events DROP COLUMN event_type');
      await expect(reader.open(objects[1]!, signal)).rejects.toMatchObject({ code: 'schema-drift' });
    } finally {
      reader.close();
    }
  });

  it('says what is wrong with password, table, cursor, filter and time', { timeout: 30_000 }, async () => {
    await engine.insert('events', [eventOf(1)]);
    await add();
    expect((await sync({}, 'wrong')).message).toMatch(
      /does not let "reader" in; check the password: "tidemark secrets/,
    );
    const slow =
      engineName === 'postgres'
        ? 'CREATE VIEW slow AS SELECT events.* FROM events, pg_sleep(5)'
        : `CREATE VIEW slow AS SELECT * FROM events WHERE sleep(2.9) = 0 AND sleepEachRow(2.9) = 0`;
    await engine.run(slow);
    const wrong: [Partial<TableSourceInput>, RegExp][] = [
      [{ table: 'nowhere' }, /there is no table "nowhere" that "reader" can see/],
      [{ cursor: 'user_id' }, /"user_id" is .*, by which rows cannot be had in parts/],
      [{ filters: [{ column: 'ts', op: '=', value: 'soon' }] }, /does not fit the type of its column/],
      [{ filters: [{ column: 'nope', op: 'is null' }] }, /has no column "nope"/],
      [{ table: 'slow', statementTimeoutMs: 1000 }, /counting "slow" takes longer than 1 s/],
    ];
    for (const [at, [overrides, message]] of wrong.entries()) {
      await add({ ...overrides, name: `wrong ${at}` });
      expect((await sync({ sourceName: `wrong ${at}` })).message).toMatch(message);
    }
  });

  it('is encrypted as its source says', async () => {
    const { cert, key } = selfSigned();
    const caFile = path.join(workspace.rawDir, 'authority.pem');
    writeFileSync(caFile, cert);
    const front = await startTlsFront(engine.port, { cert, key, asked: engineName === 'postgres' });
    try {
      await engine.insert('events', [eventOf(1)]);
      await add({ name: 'strict', port: front.port, tls: { mode: 'verify' } });
      expect((await sync({ sourceName: 'strict' })).message).toMatch(/no trusted encryption with 127.0.0.1/);
      await add({ name: 'known', port: front.port, tls: { mode: 'verify', caFile } });
      expect(await sync({ sourceName: 'known' })).toMatchObject({ message: null, counts: { kept: 1 } });
      await add({ name: 'any', port: front.port, tls: { mode: 'encrypt' } });
      expect(await sync({ sourceName: 'any' })).toMatchObject({ message: null, counts: { duplicate: 1 } });
    } finally {
      await front.close();
    }
  });

  it('is compared by the days that are over, and one that differs is found', async () => {
    await engine.insert('events', [eventOf(1), eventOf(2), eventOf(1500), eventAt(9, today(9))]);
    await add();
    await sync();
    const compared = async () => {
      const reader = await openReader();
      try {
        return await workspace.withStore(async ({ db }) =>
          (await compareDays(db, 1, reader, { frozenBefore: null, signal })).map(
            ({ day, state }) => `${day} ${state}`,
          ),
        );
      } finally {
        reader.close();
      }
    };
    expect(await compared()).toEqual(['2026-11-01 matches', '2026-11-02 matches']);
    await engine.insert('events', [eventOf(3), eventAt(10, today(10))]);
    expect(await compared()).toEqual(['2026-11-01 differs', '2026-11-02 matches']);
    const spans = [{ fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2026, 10, 2) }];
    const reader = await openReader();
    const labels = [];
    for await (const page of reader.list({ checkpoint: null, isFull: true, spans, signal })) {
      expect(page.checkpoint).toBe(undefined);
      labels.push(...page.objects.map(({ label }) => label));
    }
    reader.close();
    expect(labels).toEqual(['events 2026-11-01']);
    await syncLater(24 * 60);
    expect((await compared()).filter((line) => line.endsWith('differs'))).toEqual([]);
  });

  it('brings dimensions and control feeds whole, when any row differs', async () => {
    await engine.run(`CREATE TABLE asked (request_id varchar(50), user_id varchar(50), requested_at varchar(50))
      ${engineName === 'postgres' ? '' : 'ENGINE = MergeTree ORDER BY request_id'}`);
    await engine.insert('asked', [
      { request_id: 'r1', user_id: 'usr_1', requested_at: '2026-11-01T00:00:00Z' },
    ]);
    await add({ name: 'asked', table: 'asked', dataset: 'deletion_requests' });
    expect(await sync()).toMatchObject({ message: null, counts: { read: 1, kept: 1 } });
    expect((await syncLater()).counts.read).toBe(0);
    await engine.insert('asked', [
      { request_id: 'r2', user_id: 'usr_2', requested_at: '2026-11-02T00:00:00Z' },
    ]);
    expect((await syncLater()).counts.read).toBe(2);
  });
});
