import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { discoverFields, discoverTables } from '../../main/engine/sync/discover/discover-source.ts';
import { previewSource } from '../../main/engine/sync/discover/preview-source.ts';
import { proposeMap } from '../../main/engine/sync/discover/propose-map.ts';
import { realSurroundings } from '../../main/engine/sync/network/surroundings.ts';
import { type TableEngine, startTableEngine } from '../support/table-engines.ts';
import { NOW_MS, type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

const FOREIGN = {
  postgres: `CREATE TABLE analytics (uuid text, event text, "timestamp" timestamptz, ingested_at timestamptz,
    distinct_id text, comment text, properties jsonb)`,
  clickhouse: `CREATE TABLE analytics (uuid String, event String, timestamp Nullable(DateTime64(3, 'UTC')),
    ingested_at DateTime64(3, 'UTC'), distinct_id String, comment String, properties String)
    ENGINE = MergeTree ORDER BY uuid`,
};
const rowOf = (n: number, fields: object = {}) => ({
  uuid: `id-${n}`,
  event: 'page_view',
  timestamp: new Date(NOW_MS - n * 1000).toISOString(),
  ingested_at: new Date(NOW_MS).toISOString(),
  distinct_id: `usr_${n}`,
  comment: 'what a person wrote',
  properties: { page_path: `/page/${n}`, goal: 'mail ada@example.org', notes: 'never' },
  ...fields,
});

describe.each(['postgres', 'clickhouse'] as const)('a table of %s that nothing is known of', (name) => {
  let engine: TableEngine;
  let workspace: TestWorkspace;
  beforeAll(async () => {
    engine = await startTableEngine(name);
  }, 60_000);
  afterAll(() => engine.close());
  beforeEach(async () => {
    workspace = testWorkspace('memory');
    await engine.createEvents();
    await engine.run(FOREIGN[name]);
    await engine.run('CREATE VIEW recent AS SELECT * FROM analytics');
  });
  afterEach(() => workspace.remove());
  const request = () => ({
    dataDir: workspace.dataDir,
    nowMs: NOW_MS,
    signal: new AbortController().signal,
    services: {
      secrets: { read: () => Promise.resolve(engine.password) },
      surroundings: { ...realSurroundings, nowMs: () => NOW_MS },
    },
  });

  it('is listed with its neighbours', async () => {
    const tables = await discoverTables(engine.source(), request());
    expect(tables.map(({ name: table, kind }) => [table, kind])).toEqual([
      ['analytics', 'table'],
      ['events', 'table'],
      ['recent', 'view'],
    ]);
  });

  it('gets a map to begin with, and shows nothing personal', async () => {
    await engine.insert('analytics', [rowOf(1), rowOf(2)]);
    const found = await discoverFields(engine.source({ table: 'analytics' }), request());
    expect(found).toMatchObject({
      map: {
        columns: {
          event_id: 'uuid',
          event_type: 'event',
          ts: 'timestamp',
          received_at: 'ingested_at',
          user_id: 'distinct_id',
        },
        event_id: 'column',
      },
      cursor: 'ingested_at',
      missing: [],
    });
    expect(found.allow.sort()).toEqual(['goal', 'page_path']);
    const examples = Object.fromEntries(found.fields.map((field) => [field.name, field.examples]));
    expect(examples).toMatchObject({ uuid: ['id-1', 'id-2'], goal: ['mail [email]'], comment: [] });
    expect(JSON.stringify(found)).not.toMatch(/ada@|never|a person wrote/);
  });

  it('is previewed as it would be stored, with what would be refused marked', async () => {
    const rows = Array.from({ length: 25 }, (_, n) => rowOf(n));
    await engine.insert('analytics', [
      ...rows.slice(0, 3),
      rowOf(99, { timestamp: '2041-01-01T00:00:00Z' }),
      ...rows.slice(3),
    ]);
    const { map, cursor } = await discoverFields(engine.source({ table: 'analytics' }), request());
    const preview = await previewSource(engine.source({ table: 'analytics', map, cursor }), request());
    expect(preview.rows).toHaveLength(20);
    expect(preview.rows.find(({ cells }) => cells['event_id'] === 'id-2')).toEqual({
      cells: {
        event_id: 'id-2',
        event_type: 'page_view',
        ts: new Date(NOW_MS - 2000).toISOString(),
        received_at: new Date(NOW_MS).toISOString(),
        user_id: 'usr_2',
        page_path: '/page/2',
        goal: 'mail [email]',
      },
      problem: null,
    });
    const refused = preview.rows.filter(({ problem }) => problem !== null);
    expect(refused.map(({ cells }) => cells['event_id'])).toEqual(
      name === 'postgres' ? ['id-99'] : refused.map(() => 'id-99'),
    );
    for (const { problem } of refused)
      expect(problem).toEqual({ field: 'ts', reason: 'the event lies more than 24 hours in the future' });
  });
});

describe('a folder that nothing is known of', () => {
  it('is looked at and previewed like a table', async () => {
    const workspace = testWorkspace('memory');
    try {
      workspace.raw(
        'a.ndjson',
        `${ndjson([eventOf(1, { comment: 'mine' }), eventOf(2, { ts: 'soon' })])}{"broken`,
      );
      const source = { name: 'files', environment: 'test', path: workspace.rawDir };
      const request = { dataDir: workspace.dataDir, nowMs: NOW_MS, signal: new AbortController().signal };
      const { fields, map } = await discoverFields(source, request);
      expect(fields.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['event_id', 'ts', 'page_path']) as string[],
      );
      expect(map).toEqual({ columns: {}, constants: {}, event_id: 'column' });
      const { rows } = await previewSource(source, request);
      expect(rows.map(({ problem }) => problem?.reason ?? null)).toEqual([
        null,
        'a time is neither ISO 8601 with a zone nor epoch milliseconds',
        'the text is not valid JSON',
      ]);
    } finally {
      workspace.remove();
    }
  });
});

describe('a proposed map', () => {
  it('takes no field twice and says what it did not find', () => {
    expect(proposeMap('events', ['Event-Name', 'eventId', 'comment', 'shade'])).toEqual({
      map: { columns: { event_id: 'eventId', event_type: 'Event-Name' }, constants: {}, event_id: 'column' },
      allow: ['shade'],
      cursor: null,
      missing: ['ts'],
    });
    expect(proposeMap('deletion_requests', ['requestId', 'user_id', 'requested_at'])).toMatchObject({
      map: { columns: { request_id: 'requestId' } },
      missing: [],
    });
  });
});
