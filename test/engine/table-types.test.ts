import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import { storedRows } from '../support/stored-rows.ts';
import {
  type EngineName,
  type TableEngine,
  type TableSourceInput,
  startTableEngine,
} from '../support/table-engines.ts';
import { NOW_MS, type TestWorkspace, testWorkspace } from '../support/workspace.ts';

const START_MS = 60_000;

function setUp(name: EngineName) {
  const state = {} as { engine: TableEngine; workspace: TestWorkspace };
  beforeAll(async () => {
    state.engine = await startTableEngine(name);
  }, START_MS);
  afterAll(() => state.engine.close());
  beforeEach(async () => {
    state.workspace = testWorkspace('memory');
    await state.engine.createEvents();
  });
  afterEach(() => state.workspace.remove());
  return {
    run: (sql: string) => state.engine.run(sql),
    /** The rows of a table, as they are stored. */
    async rowsOf(table: string, overrides: Partial<TableSourceInput> = {}) {
      const { engine, workspace } = state;
      await workspace.withStore((store) => addSource(store, engine.source({ table, ...overrides })));
      const services = {
        secrets: { read: () => Promise.resolve(engine.password) },
        surroundings: { ...realSurroundings, nowMs: () => NOW_MS },
      };
      expect(await workspace.sync({ services })).toMatchObject({ message: null, counts: { quarantined: 0 } });
      return storedRows(workspace.dataDir).map((row) =>
        Object.fromEntries(
          Object.entries(row).filter(([column]) => column === 'ts' || column.startsWith('p.')),
        ),
      );
    },
  };
}

describe('values of PostgreSQL', () => {
  const { run, rowsOf } = setUp('postgres');

  it('become what events would hold', async () => {
    await run(`CREATE TYPE mood AS ENUM ('calm', 'restless'); CREATE TYPE pair AS (f1 int, f2 text);
      CREATE TABLE typed AS SELECT 'e1'::text AS event_id, 'page_view' AS event_type,
        TIMESTAMPTZ '2026-11-02 03:04:05.678901+05:30' AS ts,
        12.50::numeric AS price, 'NaN'::numeric AS nothing, 'Infinity'::float8 AS endless, 0.1::float8 AS tenth,
        9007199254740993::int8 AS large, 7::int2 AS small, true AS agreed, 'calm'::mood AS mood,
        DATE '2026-11-03' AS due, TIMESTAMP '2026-11-03 10:00' AS wall, INTERVAL '1 hour 30 min' AS took,
        '3f333df6-90a4-4fda-8dd3-9485d27cee36'::uuid AS run, ARRAY['a', 'b"c\\d']::text[] AS tags,
        E'line\\none\\ttab "quoted" \\\\ back'::text AS words, '{"deep": {"er": [1, 2]}, "flat": 3}'::jsonb AS more,
        '\\x3f333df690a44fda8dd39485d27cee36'::bytea AS raw, ROW(1, 'x')::pair AS pair, 'ab'::char(4) AS padded,
        NULL::text AS missing, '2 €'::text AS euro`);
    expect(await rowsOf('typed', { zone: 'Europe/Oslo' })).toEqual([
      {
        ts: '2026-11-01T21:34:05.678Z',
        'p.price': 12.5,
        'p.tenth': 0.1,
        'p.large': '9007199254740993',
        'p.small': 7,
        'p.agreed': true,
        'p.mood': 'calm',
        'p.due': '2026-11-03',
        'p.wall': '2026-11-03T09:00:00.000Z',
        'p.took': 'PT1H30M',
        'p.run': '3f333df6-90a4-4fda-8dd3-9485d27cee36',
        'p.tags': ['a', 'b"c\\d'],
        'p.words': 'line\none\ttab "quoted" \\ back',
        'p.more.deep.er': ['1', '2'],
        'p.more.flat': 3,
        'p.raw': '3f333df6-90a4-4fda-8dd3-9485d27cee36',
        'p.pair.f1': 1,
        'p.pair.f2': 'x',
        'p.padded': 'ab',
        'p.euro': '2 €',
      },
    ]);
  });

  it('come by times without a zone', async () => {
    await run(`CREATE TABLE walls AS SELECT 'e' || n AS event_id, 'page_view' AS event_type,
      TIMESTAMP '2026-11-01 00:30' + n * INTERVAL '1 hour' AS ts FROM generate_series(0, 2) AS n`);
    const walls = await rowsOf('walls', { zone: 'Europe/Oslo' });
    expect(walls.map(({ ts }) => ts)).toEqual([
      '2026-10-31T23:30:00.000Z',
      '2026-11-01T00:30:00.000Z',
      '2026-11-01T01:30:00.000Z',
    ]);
  });

  it('come by dates', async () => {
    await run(`CREATE TABLE dated AS SELECT 'e' || n AS event_id, 'page_view' AS event_type,
      DATE '2026-11-01' + n AS ts FROM generate_series(0, 1) AS n`);
    expect((await rowsOf('dated')).map(({ ts }) => ts)).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-02T00:00:00.000Z',
    ]);
  });

  it('come by epoch milliseconds', async () => {
    await run(`CREATE TABLE numbers AS SELECT 'e' || n AS event_id, 'page_view' AS event_type,
      1793491200000::int8 + n * 86400000 AS ts FROM generate_series(0, 1) AS n`);
    expect((await rowsOf('numbers')).map(({ ts }) => ts)).toEqual([
      '2026-11-01T00:00:00.000Z',
      '2026-11-02T00:00:00.000Z',
    ]);
  });
});

describe.each(['clickhouse', 'clickhouse-old'] as const)('values of %s', (name) => {
  const { run, rowsOf } = setUp(name);

  it('become what events would hold', async () => {
    await run(`CREATE TABLE typed ENGINE = MergeTree ORDER BY tuple() AS SELECT 'e1' AS event_id, 'page_view' AS event_type,
        toDateTime64('2026-11-02 03:04:05.678901', 6, 'Asia/Kolkata') AS ts,
        toDecimal64(12.5, 2) AS price, nan AS nothing, inf AS endless, 0.1 AS tenth, toUInt8(7) AS small,
        toInt64(9007199254740991) AS large, true AS agreed, CAST('calm', 'Enum8(\\'calm\\' = 1)') AS mood,
        toDate('2026-11-03') AS due, toDateTime('2026-11-03 10:00:00', 'Europe/Oslo') AS wall,
        toUUID('3f333df6-90a4-4fda-8dd3-9485d27cee36') AS run, ['a', 'b"c\\\\d'] AS tags,
        [toDate('2026-11-03')] AS days, 'line\\none\\ttab "quoted" \\\\ back' AS words,
        map('deep', 'x', 'comment', 'never') AS more, CAST(tuple(1, 'x'), 'Tuple(f1 UInt8, f2 String)') AS pair,
        toFixedString('ab', 4) AS padded, CAST(NULL, 'Nullable(String)') AS missing, '2 €' AS euro,
        toLowCardinality('low') AS low, toInt128(12) AS wide`);
    expect(await rowsOf('typed')).toEqual([
      {
        ts: '2026-11-01T21:34:05.678Z',
        'p.price': 12.5,
        'p.tenth': 0.1,
        'p.large': 9007199254740991,
        'p.small': 7,
        'p.agreed': true,
        'p.mood': 'calm',
        'p.due': '2026-11-03',
        'p.wall': '2026-11-03T09:00:00.000Z',
        'p.run': '3f333df6-90a4-4fda-8dd3-9485d27cee36',
        'p.tags': ['a', 'b"c\\d'],
        'p.days': ['2026-11-03'],
        'p.words': 'line\none\ttab "quoted" \\ back',
        'p.more.deep': 'x',
        'p.pair.f1': 1,
        'p.pair.f2': 'x',
        'p.padded': 'ab',
        'p.euro': '2 €',
        'p.low': 'low',
        'p.wide': '12',
      },
    ]);
  });

  it.each([
    [
      "toDateTime('2026-11-01 23:30:00', 'UTC') + number * 3600",
      ['2026-11-01T23:30:00.000Z', '2026-11-02T00:30:00.000Z'],
    ],
    ["toDate('2026-11-01') + number", ['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z']],
    ['toInt64(1793491200000 + number * 86400000)', ['2026-11-01T00:00:00.000Z', '2026-11-02T00:00:00.000Z']],
    [
      "CAST(toDateTime64('2026-11-01 00:00:00.5', 3, 'UTC') + number, 'Nullable(DateTime64(3))')",
      ['2026-11-01T00:00:00.500Z', '2026-11-01T00:00:01.500Z'],
    ],
  ])('come by %s', async (expression, expected) => {
    await run(`CREATE TABLE timed ENGINE = MergeTree ORDER BY tuple() AS
      SELECT concat('e', toString(number)) AS event_id, 'page_view' AS event_type, ${expression} AS ts FROM numbers(2)`);
    const rows = await rowsOf('timed');
    expect(rows.map(({ ts }) => ts)).toEqual(expected);
  });
});
