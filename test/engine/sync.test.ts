import { appendFileSync, readFileSync, readdirSync, statSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { disorderOf } from '../support/store-check.ts';
import { storedRows, withSnapshot } from '../support/stored-rows.ts';
import { NOW_MS, type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.remove());

const TAXONOMY = {
  version: '1',
  valid_from: '2026-01-01T00:00:00Z',
  states: [
    { id: 'calm', label: 'Calm', order: 1 },
    { id: 'restless', label: 'Restless', order: 2 },
  ],
};

const quarantine = () =>
  workspace.withStore((store) =>
    store.db
      .prepare<[], { position: number; reason: string; field: string | null; copy: string | null }>(
        'SELECT position, reason, field, row_copy AS copy FROM quarantine ORDER BY object_id, position',
      )
      .all(),
  );

describe('syncing a folder', () => {
  it('keeps every event with its columns, typed properties and sets', async () => {
    await workspace.addFolder();
    workspace.raw('dt=2026-11-01/a.ndjson', [
      eventOf(1, {
        session_id: 's1',
        locale: 'en-US',
        properties: {
          text: 'x',
          number: 1.5,
          integer: 7,
          yes: true,
          no: false,
          nested: { deep: { er: 'v' } },
          tags: ['b', 'a', 'b'],
          gone: null,
        },
        top_level: 'also a property',
      }),
    ]);
    await workspace.sync();
    expect(storedRows(workspace.dataDir)).toEqual([
      {
        environment: 'test',
        id: Buffer.from('event-1').toString('hex').padEnd(32, '0'),
        event_type: 'page_view',
        ts: '2026-11-01T00:01:00.000Z',
        late: 2000,
        locale: 'en-US',
        session: 's1',
        user: 'usr_1',
        'p.text': 'x',
        'p.number': 1.5,
        'p.integer': 7,
        'p.yes': true,
        'p.no': false,
        'p.nested.deep.er': 'v',
        'p.tags': ['a', 'b'],
        'p.top_level': 'also a property',
      },
    ]);
  });

  it('reads every shape and packing of JSON and CSV alike', async () => {
    await workspace.addFolder();
    const one = (n: number) => eventOf(n);
    workspace.raw('1.ndjson', ndjson([one(1), one(2)]).trimEnd());
    workspace.raw('2.jsonl.gz', [one(3), one(4)]);
    workspace.raw('3.json', JSON.stringify([one(5), one(6)], null, 2));
    workspace.raw('4.json', JSON.stringify(one(7), null, 2));
    workspace.raw('5.json', ndjson([one(8), one(9)]));
    workspace.raw('6.ndjson.zst', zstdCompressSync(Buffer.from(ndjson([one(10)]))));
    workspace.raw('7.ndjson', `\ufeff\r\n${ndjson([one(11)]).replace('\n', '\r\n')}\n\n`);
    workspace.raw(
      '8.csv',
      'event_id,event_type,ts,received_at,user_id,page_path\r\n' +
        'event-12,page_view,2026-11-01T00:12:00Z,2026-11-01T00:12:02Z,usr_5,"/page/2"\r\n',
    );
    workspace.raw(
      '9.json',
      JSON.stringify({ ...one(13), properties: JSON.stringify({ page_path: '/page/3' }) }),
    );
    workspace.raw('.hidden.ndjson', [one(99)]);
    workspace.raw('readme.txt', 'not rows');
    const state = await workspace.sync();
    expect(state).toMatchObject({ state: 'idle', counts: { files: 9, read: 13, kept: 13, quarantined: 0 } });
    expect(state.message).toBe('events: 1 files are not of rows');
    const expected = Array.from({ length: 13 }, (_, i) => ({
      ts: new Date(Date.UTC(2026, 10, 1) + (i + 1) * 60_000).toISOString(),
      late: 2000,
      user: `usr_${(i + 1) % 7}`,
      'p.page_path': `/page/${(i + 1) % 5}`,
    }));
    const rows = storedRows(workspace.dataDir).sort((a, b) => (a.ts < b.ts ? -1 : 1));
    expect(rows).toMatchObject(expected);
  });

  it('opens nothing on a second sync of an unchanged folder, and only the new file on a third', async () => {
    await workspace.addFolder();
    const file = workspace.raw('a.ndjson', [eventOf(1)]);
    expect((await workspace.sync()).counts).toMatchObject({ files: 1, read: 1, kept: 1 });
    const revision = withSnapshot(workspace.dataDir, (snapshot) => snapshot.revision);
    const accessed = () => statSync(file, { bigint: true }).atimeNs;
    utimesSync(file, 1, statSync(file).mtimeMs / 1000); // an access time so old that any read renews it
    workspace.raw('b.ndjson', [eventOf(1)]);
    await workspace.sync();
    const before = accessed();
    expect(await workspace.sync()).toMatchObject({
      state: 'idle',
      filesTotal: 0,
      counts: { files: 0, read: 0 },
    });
    expect(accessed()).toBe(before);
    expect(withSnapshot(workspace.dataDir, (snapshot) => snapshot.revision)).toBe(revision + 1);
    workspace.raw('c.ndjson', [eventOf(2), eventOf(2)]);
    expect((await workspace.sync()).counts).toMatchObject({ files: 1, read: 2, kept: 1, duplicate: 1 });
  });

  it('reads a file again when it grew, and what it knew of it makes room', async () => {
    await workspace.addFolder();
    const file = workspace.raw('a.ndjson', [eventOf(1), eventOf(2)]);
    await workspace.sync();
    appendFileSync(file, ndjson([eventOf(3)]));
    expect((await workspace.sync()).counts).toMatchObject({ files: 1, read: 3, kept: 3, duplicate: 0 });
    expect(storedRows(workspace.dataDir)).toHaveLength(3);
  });

  it('counts an id once whatever file, source, day or sync it comes from', async () => {
    await workspace.addFolder({ name: 'one', keyTemplate: 'one/' });
    await workspace.addFolder({ name: 'two', keyTemplate: 'two/' });
    const far = (days: number) => new Date(Date.UTC(2026, 9, 1) + days * 86_400_000).toISOString();
    workspace.raw('one/a.ndjson', [
      eventOf(1, { ts: far(0), user_id: 'first' }),
      eventOf(1, { ts: far(20), user_id: 'later, same file' }),
      eventOf(2, { ts: far(3), user_id: 'first' }),
    ]);
    workspace.raw('two/a.ndjson', [eventOf(1, { ts: far(2), user_id: 'later, other source' })]);
    expect((await workspace.sync()).counts).toMatchObject({ read: 4, kept: 2, duplicate: 2 });
    workspace.raw('two/b.ndjson', [
      eventOf(2, { ts: far(5), user_id: 'later, within three days' }),
      eventOf(1, { ts: far(30), user_id: 'later, thirty days apart' }),
      eventOf(3, { ts: far(30), user_id: 'first' }),
    ]);
    const second = await workspace.sync();
    expect(second.counts).toMatchObject({ read: 3, kept: 1, duplicate: 2, quarantined: 0 });
    const rows = storedRows(workspace.dataDir);
    expect(rows.map(({ user }) => user)).toEqual(['first', 'first', 'first']);
    withSnapshot(workspace.dataDir, (snapshot) => {
      const [one, two] = snapshot.sources();
      expect(one!.counts).toMatchObject({ read: 3, kept: 2, duplicate: 1 });
      expect(two!.counts).toMatchObject({ read: 4, kept: 1, duplicate: 3 });
    });
  });

  it('takes late duplicates out of a segment and leaves its other rows as they were', async () => {
    await workspace.addFolder();
    const at = (day: number, n: number) => ({ ts: Date.UTC(2026, 10, day) + n * 1000 });
    const known = Array.from({ length: 20 }, (_, n) => eventOf(n, at(1, n)));
    const fresh = Array.from({ length: 60 }, (_, n) => {
      const properties = { n: n % 3 === 0 ? undefined : n / 4, yes: n % 5 === 0 ? undefined : n % 2 === 0 };
      return eventOf(100 + n, {
        ...at(12, n * 2),
        properties,
        locale: n % 7 === 0 ? undefined : `l${n % 4}`,
      });
    });
    workspace.raw('a.ndjson', known);
    await workspace.sync();
    workspace.raw('b.ndjson', [
      ...fresh,
      ...known.map((row, n) => ({ ...row, ...at(12, n * 6 + 1), properties: { n: -1 } })),
    ]);
    expect((await workspace.sync()).counts).toMatchObject({ read: 80, kept: 60, duplicate: 20 });
    const found = storedRows(workspace.dataDir).filter(({ ts }) => ts.startsWith('2026-11-12'));
    const plain = found.map((row) => [
      row.ts,
      row['p.n'] ?? null,
      row['p.yes'] ?? null,
      row['locale'] ?? null,
    ]);
    const expected = fresh.map(({ ts, properties, locale }) => {
      const { n, yes } = properties as { n?: number; yes?: boolean };
      return [new Date(ts as number).toISOString(), n ?? null, yes ?? null, locale ?? null];
    });
    expect(plain.sort()).toEqual(expected.sort());
    expect(disorderOf(workspace.dataDir)).toEqual([]);
    const swept = await workspace.withStore((store) => store.db.prepare('SELECT removed FROM sweeps').all());
    expect(swept).toEqual([{ removed: 20 }]);
  });

  it('keeps a replaced segment while readers may still hold it, and deletes it after that', async () => {
    await workspace.addFolder();
    workspace.raw('a.ndjson', [eventOf(1)]);
    await workspace.sync();
    workspace.raw('b.ndjson', [
      eventOf(1, { ts: Date.UTC(2026, 10, 15) }),
      eventOf(2, { ts: Date.UTC(2026, 10, 15) }),
    ]);
    await workspace.sync();
    const segments = () => filesOf(path.join(workspace.dataDir, 'segments')).length;
    expect(segments()).toBe(3); // two live ones, and the one that held the duplicate
    await workspace.sync({}, { now: () => NOW_MS + 14 * 60_000 });
    expect(segments()).toBe(3);
    await workspace.sync({}, { now: () => NOW_MS + 15 * 60_000 });
    expect(segments()).toBe(2);
    expect(storedRows(workspace.dataDir)).toHaveLength(2);
  });

  it('is not brought down by rows that are nested without end or spell values as names', async () => {
    await workspace.addFolder();
    await workspace.addFolder({ name: 'hashed', keyTemplate: 'deep', map: { event_id: 'hash-of-row' } });
    await workspace.addFolder({ name: 'taxonomy', dataset: 'taxonomy', keyTemplate: 'deep' });
    const deep = (open: string, close: string, depth: number) =>
      `${open.repeat(depth)}1${close.repeat(depth)}`;
    const start = JSON.stringify(eventOf(1)).slice(0, -1);
    workspace.raw(
      'deep.ndjson',
      [
        `${start},"a":${deep('{"a":', '}', 100_000)}}`,
        `${start},"states":${deep('[', ']', 100_000)}}`,
        `${start},"comment":${deep('[{"a":', '}]', 50_000)}}`,
        deep('[', ']', 100_000),
        '{"a":'.repeat(100_000),
      ].join('\n'),
    );
    const wide = Object.fromEntries(Array.from({ length: 600 }, (_, n) => [`sku-${n}`, n]));
    workspace.raw('wide.ndjson', [
      eventOf(2, { properties: wide }),
      ...Array.from({ length: 1100 }, (_, n) =>
        eventOf(3 + n, { ts: Date.UTC(2026, 10, 2), properties: { [`order-${n}`]: n } }),
      ),
    ]);
    const { counts } = await workspace.sync();
    expect(counts).toMatchObject({ read: 15 + 1101, kept: 1000, quarantined: 15 + 1 + 100 });
  });

  it('refuses what cannot be an event, says why, and keeps a redacted copy', async () => {
    await workspace.addFolder({ schema: 'product', keyTemplate: 'events' });
    await workspace.addFolder({ name: 'taxonomy', dataset: 'taxonomy', keyTemplate: 'taxonomy/' });
    const reaction = (n: number, properties: object) =>
      eventOf(n, {
        event_type: 'reaction_captured',
        properties: { practice_id: 'p', practice_session_id: `s${n}`, ...properties },
      });
    workspace.raw('taxonomy/1.json', JSON.stringify(TAXONOMY));
    workspace.raw(
      'events.ndjson',
      [
        reaction(1, { state: 'calm' }),
        reaction(2, { state: 'furious', goal: 'write to ada@example.org', note: 'my secret' }),
        reaction(3, {}),
        eventOf(4, { ts: '1999-12-31T23:59:59Z' }),
        eventOf(5, { ts: new Date(NOW_MS + 24 * 3_600_000 + 1).toISOString() }),
        eventOf(6, { ts: new Date(NOW_MS + 24 * 3_600_000).toISOString() }),
        eventOf(7, { ts: '2026-11-01T00:00:00' }),
        eventOf(8, { environment: 'production' }),
        eventOf(9, { environment: 'test' }),
        eventOf(10, { event_id: '' }),
        eventOf(11, { event_type: undefined }),
        eventOf(12, { user_id: 'u'.repeat(129) }),
        eventOf(13, {
          event_type: 'feature_usage',
          properties: { feature_name: 'f', action: 'a', success: 'yes' },
        }),
        eventOf(14, { event_type: 'signal_pre', properties: { signal_id: 's', confidence: 11 } }),
        eventOf(15, { plan: 'gold' }),
        eventOf(16, { properties: 'no JSON' }),
        eventOf(17, { event_type: 'order_shipped', properties: { state: 'delivered' } }),
      ]
        .map((row) => JSON.stringify(row))
        .concat('{"event_id":', '[1]', '"text"')
        .join('\n'),
    );
    const state = await workspace.sync();
    expect(state.counts).toMatchObject({ read: 21, kept: 5, duplicate: 0, quarantined: 16 });
    const refused = await quarantine();
    expect(refused.map(({ position, reason, field }) => `${position} ${reason} ${field}`)).toEqual([
      '2 unknown-state state',
      '3 missing state',
      '4 too-early ts',
      '5 in-future ts',
      '7 bad-time ts',
      '8 wrong-environment environment',
      '10 missing event_id',
      '11 missing event_type',
      '12 too-long user_id',
      '13 wrong-type success',
      '14 not-allowed confidence',
      '15 not-allowed plan',
      '16 wrong-type properties',
      '18 bad-json null',
      '19 not-an-object null',
      '20 not-an-object null',
    ]);
    expect(refused[0]!.copy).toContain('write to [email]');
    expect(refused[0]!.copy).not.toContain('secret');
  });

  it('keeps unknown states while the environment has no taxonomy', async () => {
    await workspace.addFolder();
    workspace.raw('a.ndjson', [
      eventOf(1, { event_type: 'reaction_captured', properties: { state: 'whatever' } }),
    ]);
    expect((await workspace.sync()).counts).toMatchObject({ kept: 1, quarantined: 0 });
  });

  it('writes no personal text and no free text to the data folder', async () => {
    await workspace.addFolder();
    const rows = [
      eventOf(1, {
        user_id: 'ada@example.org',
        event_id: 'ada@example.org',
        ip_address: '203.0.113.7',
        'eve@example.org': 1,
        properties: {
          goal: 'call +47 22 33 44 55 or mail ada@example.org',
          comment: 'nobody reads this: ada@example.org',
          tags: ['ada@example.org', 'x'],
          items: [{ owner: 'ada@example.org', note: 'nobody reads this' }],
        },
      }),
      eventOf(2, {
        ts: 'never',
        locale: 'ada@example.org',
        properties: { 'ada@example.org': 'ada@example.org' },
      }),
    ];
    workspace.raw('a.ndjson.gz', `${ndjson(rows)}{"broken": "ada@example.org"`);
    const { counts } = await workspace.sync();
    expect(counts).toMatchObject({ read: 3, kept: 1, quarantined: 2 });
    expect(counts.scrubbed).toBeGreaterThanOrEqual(6);
    for (const file of filesOf(workspace.dataDir)) {
      expect(readFileSync(file).toString('latin1'), file).not.toMatch(
        /example\.org|22 33 44|203\.0\.113|nobody reads/,
      );
    }
    const [row] = storedRows(workspace.dataDir);
    expect(row).toMatchObject({
      'p.goal': 'call [phone] or mail [email]',
      'p.ip_address': '[ip]',
      'p.tags': ['[email]', 'x'],
      'p.items.owner': ['[email]'],
    });
    expect(row).not.toHaveProperty('user');
  });

  it('maps other shapes: columns, constants, ids from the key or the row', async () => {
    const map = {
      columns: { ts: 'when', user_id: 'who.id', mood: 'state' },
      constants: { event_type: 'signal_pre' },
    };
    await workspace.addFolder({
      name: 'keys',
      keyTemplate: 'keys/',
      map: { ...map, event_id: 'object-key' },
    });
    await workspace.addFolder({
      name: 'rows',
      keyTemplate: 'rows/',
      map: { ...map, event_id: 'hash-of-row' },
    });
    const row = { when: 1_793_577_600_000, who: { id: 'u1', name: 'kept as a property' }, state: 'x' };
    workspace.raw('keys/a.json', JSON.stringify(row));
    workspace.raw('keys/b.json', JSON.stringify(row));
    workspace.raw('rows/a.json', JSON.stringify(row));
    workspace.raw(
      'rows/b.json',
      JSON.stringify({ state: 'x', who: { name: 'kept as a property', id: 'u1' }, when: row.when }),
    );
    expect((await workspace.sync()).counts).toMatchObject({ read: 4, kept: 3, duplicate: 1 });
    expect(storedRows(workspace.dataDir)[0]).toMatchObject({
      event_type: 'signal_pre',
      user: 'u1',
      'p.mood': 'x',
      'p.who.name': 'kept as a property',
      ts: new Date(row.when).toISOString(),
    });
  });

  it('stores a property of several types as its texts beside its numbers', async () => {
    await workspace.addFolder();
    workspace.raw('a.ndjson', [
      eventOf(1, { properties: { v: 5 } }),
      eventOf(2, { properties: { v: 'five' } }),
      eventOf(3, { properties: { v: true } }),
      eventOf(4, { properties: { v: '\u0000strange' } }),
    ]);
    await workspace.sync();
    const rows = storedRows(workspace.dataDir).map((row) => [row['p.v'], row['n.v']]);
    expect(rows).toEqual([
      ['5', 5],
      ['five', undefined],
      ['true', undefined],
      ['\u0000strange', undefined],
    ]);
  });

  it('reads dimensions into rows, the newest version of a row winning', async () => {
    await workspace.addFolder({ name: 'practices', dataset: 'practices' });
    workspace.raw(
      '1.json',
      JSON.stringify([{ id: 'p1', name: 'Breath' }, { id: 'p2', name: 'Walk' }, { name: 'nameless' }]),
    );
    expect((await workspace.sync()).counts).toMatchObject({ read: 3, kept: 2, quarantined: 1 });
    workspace.raw('2.csv', 'id,name,category\np1,Breathing,calm\np2,Walk,\n');
    expect((await workspace.sync()).counts).toMatchObject({ read: 2, kept: 1, duplicate: 1 });
    withSnapshot(workspace.dataDir, (snapshot) =>
      expect(snapshot.dimension('test', 'practices')).toEqual([
        { id: 'p1', name: 'Breathing', category: 'calm' },
        { id: 'p2', name: 'Walk' },
      ]),
    );
  });

  it('tells how far a source is complete from the lateness of its recent rows', async () => {
    await workspace.addFolder();
    const rows = Array.from({ length: 200 }, (_, n) => {
      const ts = Date.UTC(2026, 10, 19) + n * 60_000;
      const late = n < 3 ? 7_200_000 : 90_000; // three of two hundred are very late: not more than 99 %
      return eventOf(n, { ts, received_at: ts + late });
    });
    workspace.raw('a.ndjson', rows);
    await workspace.sync();
    withSnapshot(workspace.dataDir, (snapshot) => {
      const [source] = snapshot.sources('test');
      const newest = Date.UTC(2026, 10, 19) + 199 * 60_000;
      expect(source).toMatchObject({
        newestTsMs: newest,
        watermarkMs: newest - 7_200_000,
        eventTypes: ['page_view'],
      });
    });
    workspace.raw(
      'b.ndjson',
      Array.from({ length: 100 }, (_, n) =>
        eventOf(1000 + n, {
          ts: Date.UTC(2026, 10, 19, 4) + n,
          received_at: Date.UTC(2026, 10, 19, 4) + n + 500,
        }),
      ),
    );
    await workspace.sync();
    withSnapshot(workspace.dataDir, (snapshot) => {
      const newest = Date.UTC(2026, 10, 19, 4) + 99;
      expect(snapshot.sources('test')[0]).toMatchObject({ newestTsMs: newest, watermarkMs: newest - 90_000 });
    });
  });

  it('stops when cancelled, keeps what it read, and goes on behind it', async () => {
    await workspace.addFolder();
    const rows = Array.from({ length: 40_000 }, (_, n) =>
      eventOf(n, { ts: Date.UTC(2026, 10, 1) + n * 1000 }),
    );
    workspace.raw('a.ndjson.gz', rows);
    const stop = new AbortController();
    const batch = {
      firstRows: 1000,
      maxRows: 1000,
      maxBytes: 1 << 30,
      maxObjects: 1 << 16,
      chunkBytes: 1 << 16,
      idsPerSweep: 1 << 10,
    };
    const state = await workspace.sync({
      signal: stop.signal,
      batch,
      onProgress: ({ counts }) => {
        if (counts.read > 0) stop.abort();
      },
    });
    expect(state.state).toBe('cancelled');
    expect(state.counts.kept).toBeGreaterThan(0);
    expect(state.counts.kept).toBeLessThan(40_000);
    const rest = await workspace.sync();
    expect(rest.counts.kept + state.counts.kept).toBe(40_000);
    expect(rest.counts.duplicate).toBe(0);
    withSnapshot(workspace.dataDir, (snapshot) =>
      expect(snapshot.sources()[0]!.counts).toMatchObject({
        files: 1,
        read: 40_000,
        kept: 40_000,
        duplicate: 0,
      }),
    );
  });

  it('gives frequent event types files of their own and lets the rest share one', async () => {
    await workspace.addFolder();
    const rows = Array.from({ length: 5000 }, (_, n) => eventOf(n, { ts: Date.UTC(2026, 10, 2) + n * 1000 }));
    rows.push(
      eventOf(6000, { event_type: 'sign_up', ts: Date.UTC(2026, 10, 2) }),
      eventOf(6001, { event_type: 'payment', ts: Date.UTC(2026, 10, 2, 1) }),
    );
    workspace.raw('a.ndjson', rows);
    await workspace.sync();
    withSnapshot(workspace.dataDir, (snapshot) => {
      const segments = snapshot.segments({
        environment: 'test',
        dataset: 'events',
        fromMs: null,
        toMs: null,
      });
      expect(segments.map(({ eventType, eventRows }) => ({ eventType, eventRows }))).toEqual([
        { eventType: 'page_view', eventRows: { page_view: 5000 } },
        { eventType: null, eventRows: { sign_up: 1, payment: 1 } },
      ]);
      const hourTwo = Date.UTC(2026, 10, 2, 2);
      const found = snapshot.segments({
        environment: 'test',
        dataset: 'events',
        fromMs: hourTwo,
        toMs: null,
      });
      expect(found).toHaveLength(0);
    });
  });
});

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
