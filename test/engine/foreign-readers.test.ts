import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mergeDeltas } from '../../main/engine/store/merge/merge-deltas.ts';
import type { SegmentRow } from '../../main/format/types.ts';
import { dictionaryValues, withSnapshot } from '../support/stored-rows.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

/** A segment is an ordinary table: what others read of it, decoded by the values files, is what came in. */

interface Table {
  /** By column, in the reader's own words. */
  types: Record<string, string>;
  rows: Record<string, number | string | null>[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
const FIRST_MS = Date.UTC(2026, 10, 1);
const engines = createRequire(path.resolve(import.meta.dirname, '../engines/package.json'));

const hexOf = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');

function readByArrow(file: string): Table {
  const table = tableFromIPC(new Uint8Array(readFileSync(file)));
  const { fields } = table.schema;
  const rows = Array.from({ length: table.numRows }, (_, row) =>
    Object.fromEntries(
      fields.map(({ name }) => {
        const value: unknown = table.getChild(name)?.get(row);
        return [name, value instanceof Uint8Array ? hexOf(value) : (value as number | null)];
      }),
    ),
  );
  return { types: Object.fromEntries(fields.map(({ name, type }) => [name, String(type)])), rows };
}

/** As much of nodejs-polars as is used here; its JavaScript side knows no binary values, so ids become lists. */
interface Polars {
  readIPC: (bytes: Buffer) => Frame;
  col: (name: string) => { cast: (type: unknown) => unknown };
  List: (type: unknown) => unknown;
  UInt8: unknown;
}
interface Frame {
  select: (column: unknown) => Frame;
  drop: (column: string) => Frame;
  schema: Record<string, { variant: string }>;
  toRecords: () => Record<string, unknown>[];
}

function readByPolars(file: string): Table {
  const polars = engines('nodejs-polars') as Polars;
  const frame = polars.readIPC(readFileSync(file));
  const plain = frame.drop('id');
  const ids = frame.select(polars.col('id').cast(polars.List(polars.UInt8))).toRecords();
  const types = Object.fromEntries(Object.entries(plain.schema).map(([name, type]) => [name, type.variant]));
  const rows = plain.toRecords().map((row, index) => ({
    ...(row as Table['rows'][number]),
    id: hexOf(ids[index]!['id'] as number[]),
  }));
  return { types: { ...types, id: 'FixedSizeBinary' }, rows };
}

function readByClickHouse(file: string): Table {
  const { query } = engines('chdb') as { query: (sql: string, format: string) => string };
  const columns = JSON.parse(query(`DESCRIBE file('${file}', Arrow)`, 'JSON')) as {
    data: { name: string; type: string }[];
  };
  const { data } = JSON.parse(
    query(`SELECT * REPLACE (lower(hex(id)) AS id) FROM file('${file}', Arrow)`, 'JSON'),
  ) as { data: Table['rows'] };
  return { types: Object.fromEntries(columns.data.map(({ name, type }) => [name, type])), rows: data };
}

const READERS: [name: string, read: (file: string) => Table][] = [
  ['apache-arrow', readByArrow],
  ['polars', readByPolars],
  ['ClickHouse', readByClickHouse],
];

/** The names that readers give to an element, in the order of READERS. */
const TYPE_NAMES: Readonly<Record<string, readonly [string, string, RegExp]>> = {
  uint8: ['Uint8', 'UInt8', /^(Nullable\()?UInt8\)?$/],
  uint16: ['Uint16', 'UInt16', /^(Nullable\()?UInt16\)?$/],
  int32: ['Int32', 'Int32', /^(Nullable\()?Int32\)?$/],
  float32: ['Float32', 'Float32', /^(Nullable\()?Float32\)?$/],
  float64: ['Float64', 'Float64', /^(Nullable\()?Float64\)?$/],
  id16: ['FixedSizeBinary[16]', 'FixedSizeBinary', /^(Nullable\()?FixedString\(16\)\)?$/],
};

type Event = ReturnType<typeof eventOf>;

const properties = (n: number): object => ({
  page_path: `/page/${n % 5}`,
  ...(n % 3 === 0 ? { size: n / 8 } : {}),
  ...(n % 4 === 0 ? { exact: n / 10 } : {}),
  mixed: n % 2 === 0 ? n : `text ${n % 7} æøå`,
  on: n % 5 === 0,
});

const events: Event[] = [
  ...Array.from({ length: 4200 }, (_, n) => eventOf(n, { properties: properties(n) })),
  ...Array.from({ length: 60 }, (_, n) =>
    eventOf(5000 + n, {
      event_type: ['search', '$pageview', 'user signed up', '日本'][n % 4],
      locale: n % 2 === 0 ? 'nb-NO' : undefined,
      session_id: `session ${n % 9}`,
      received_at: n % 3 === 0 ? undefined : FIRST_MS + 2 * DAY_MS,
      user_id: n % 10 === 0 ? undefined : `usr_${n % 7}`,
      properties: n % 6 === 0 ? {} : properties(n),
    }),
  ),
].map((event, n) => ({ ...event, ts: FIRST_MS + ((n * 7_919) % DAY_MS) }));

/** An event as a decoded row shows it. */
function expectedRow(event: Event): object {
  const { size, exact, mixed, on, page_path } = event['properties'] as Record<string, string | number>;
  const receivedMs =
    event['received_at'] === undefined ? null : Number(new Date(event['received_at'] as string));
  return {
    id: Buffer.from(String(event['event_id']).padEnd(16, '\0')).toString('hex'),
    event: event['event_type'],
    ms: Number(event['ts']) - FIRST_MS,
    hour: Math.floor((Number(event['ts']) - FIRST_MS) / 3_600_000),
    late: receivedMs === null ? null : receivedMs - Number(event['ts']),
    user: event['user_id'] ?? null,
    session: event['session_id'] ?? null,
    locale: event['locale'] ?? null,
    'p.page_path': page_path ?? null,
    'p.size': size ?? null,
    'p.exact': exact ?? null,
    'p.mixed': mixed === undefined ? null : String(mixed),
    'n.mixed': typeof mixed === 'number' ? mixed : null,
    'p.on': on ?? null,
  };
}

let workspace: TestWorkspace;
let segments: SegmentRow[] = [];
const dictionaries = new Map<string, unknown[]>();

beforeAll(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder();
  for (const part of [0, 1]) {
    workspace.raw(
      `${part}.ndjson`,
      events.filter((_, index) => index % 2 === part),
    );
    await workspace.sync();
  }
  await workspace.withStore((store) => mergeDeltas(store));
  withSnapshot(workspace.dataDir, (snapshot) => {
    segments = snapshot.segments({ environment: 'test', dataset: 'events', fromMs: null, toMs: null });
    for (const { dictionary } of segments.flatMap(({ columns }) => columns))
      if (dictionary !== undefined)
        dictionaries.set(dictionary, dictionaryValues(workspace.dataDir, snapshot, 'test', dictionary));
  });
});
afterAll(() => workspace.remove());

/** A row by the kinds of its columns, which stand in the schema as well. */
function decodedRow({ eventType, columns }: SegmentRow, row: Table['rows'][number]): object {
  const decoded = new Map<string, unknown>(Object.keys(expectedRow(events[0]!)).map((name) => [name, null]));
  if (eventType !== null) decoded.set('event', eventType);
  for (const { name, kind, dictionary } of columns) {
    const value = row[name] ?? null;
    if (kind === 'code')
      decoded.set(name, value === 0 ? null : dictionaries.get(dictionary!)![Number(value) - 1]);
    else if (kind === 'boolean') decoded.set(name, value === 0 ? null : value === 2);
    else if (name !== 'object') decoded.set(name, value);
  }
  return Object.fromEntries(decoded);
}

const byId = (rows: object[]): object[] =>
  rows.sort((a, b) => ((a as { id: string }).id < (b as { id: string }).id ? -1 : 1));

describe.each(READERS)('a segment opened by %s', (name, read) => {
  const reader = READERS.findIndex(([one]) => one === name);

  it('has the columns and types that the catalogue names', () => {
    expect(segments.map(({ eventType }) => eventType)).toEqual(expect.arrayContaining(['page_view', null]));
    for (const { file, columns } of segments) {
      const { types } = read(path.join(workspace.dataDir, file));
      expect(Object.keys(types).sort()).toEqual(columns.map((column) => column.name).sort());
      for (const { name: column, element } of columns) {
        const expected = TYPE_NAMES[element]![reader]!;
        if (typeof expected === 'string') expect(types[column], column).toBe(expected);
        else expect(types[column], column).toMatch(expected);
      }
    }
    const elements = new Set(segments.flatMap(({ columns }) => columns.map(({ element }) => element)));
    expect(elements).toEqual(new Set(['uint8', 'uint16', 'int32', 'float32', 'float64', 'id16']));
  });

  it('holds the values that came in', () => {
    const rows = segments.flatMap((segment) =>
      read(path.join(workspace.dataDir, segment.file)).rows.map((row) => decodedRow(segment, row)),
    );
    expect(byId(rows)).toEqual(byId(events.map(expectedRow)));
  });
});
