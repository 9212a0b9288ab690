import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Table, tableFromArrays, tableToIPC } from 'apache-arrow';
import { parquetMetadataAsync } from 'hyparquet';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { storedRows } from '../support/stored-rows.ts';
import { loadEngine } from '../support/test-engines.ts';
import { NOW_MS, type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.remove());

interface Frame {
  writeParquet: (file: string, options: object) => void;
  writeIPC: (file: string, options: object) => void;
  writeIPCStream: (file: string, options: object) => void;
}
interface Polars {
  DataFrame: (rows: readonly object[]) => Frame;
}
interface DuckDb {
  DuckDBInstance: {
    create: (file: string) => Promise<{ connect: () => Promise<{ run: (sql: string) => Promise<unknown> }> }>;
  };
}

const file = (name: string): string => path.join(workspace.rawDir, name);

const importInto = (
  files: readonly string[],
  dataset: 'events' | 'practices' = 'events',
): Promise<SyncState> =>
  workspace.withStore((store) => importFiles(store, files, { environment: 'test', dataset }), {
    now: () => NOW_MS,
  });

async function duckDb(sql: string): Promise<void> {
  const { DuckDBInstance } = await loadEngine<DuckDb>('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  await connection.run(`SET TimeZone = 'UTC'`);
  await connection.run(sql);
}

/** Every kind of value that an event can have, some of them missing. */
const events = Array.from({ length: 300 }, (_, n) =>
  eventOf(n, {
    ts: new Date(Date.UTC(2026, 10, 1) + n * 61_003).toISOString(),
    received_at: new Date(Date.UTC(2026, 10, 1) + n * 61_003 + 900).toISOString(),
    locale: n % 3 === 0 ? null : `l${n % 5}`,
    amount: n % 4 === 0 ? null : n / 8,
    whole: n * 3,
    yes: n % 2 === 0,
    tags: n % 5 === 0 ? null : ['b', `t${n % 3}`],
    properties: {
      page_path: n % 7 === 0 ? null : `/page/${n % 9} é`,
      comment: 'nobody reads this',
      deep: { er: `v${n % 2}` },
      mail: `ada${n}@example.org`,
    },
  }),
);
/** The same for writers that know instants. */
const typed = events.map(({ ts, received_at, ...row }) => ({
  ...row,
  ts: new Date(String(ts)),
  received_at: new Date(String(received_at)),
}));

async function rowsOf(name: string): Promise<unknown[]> {
  const { counts } = await importInto([file(name)]);
  expect(counts).toMatchObject({ read: events.length, kept: events.length, quarantined: 0 });
  return storedRows(workspace.dataDir);
}

async function expectSame(write: (frame: Frame, to: string) => void, name: string): Promise<void> {
  const other = testWorkspace();
  try {
    other.raw('events.ndjson', ndjson(events));
    await other.addFolder();
    await other.sync();
    const { DataFrame } = await loadEngine<Polars>('nodejs-polars');
    write(DataFrame(typed), file(name));
    expect(await rowsOf(name)).toEqual(storedRows(other.dataDir));
  } finally {
    other.remove();
  }
}

describe('a file of columns gives the rows of its NDJSON', () => {
  it.each(['uncompressed', 'snappy', 'gzip', 'brotli', 'zstd', 'lz4'])('Parquet, %s', async (compression) => {
    await expectSame((frame, to) => frame.writeParquet(to, { compression, rowGroupSize: 128 }), 'a.parquet');
  });

  it.each(['uncompressed', 'zstd', 'lz4'])('Arrow file, %s', async (compression) => {
    await expectSame((frame, to) => frame.writeIPC(to, { compression }), 'a.arrow');
  });

  it.each(['uncompressed', 'lz4'])('Arrow stream, %s', async (compression) => {
    await expectSame((frame, to) => frame.writeIPCStream(to, { compression }), 'a.arrow');
  });

  it.each([
    ['a.parquet.gz', gzipSync],
    ['a.parquet.zst', zstdCompressSync],
    ['a.arrow.gz', gzipSync],
    ['a.arrow.zst', zstdCompressSync],
  ])('packed once more as %s', async (name, pack) => {
    await expectSame((frame, to) => {
      const plain = `${to}.plain`;
      if (name.includes('parquet')) frame.writeParquet(plain, { compression: 'snappy' });
      else frame.writeIPC(plain, { compression: 'uncompressed' });
      writeFileSync(to, pack(readFileSync(plain)));
    }, name);
  });
});

describe('columns', () => {
  it('of further types of Parquet become what JSON would have had', async () => {
    await duckDb(`COPY (SELECT
        uuid() AS event_id, 'page_view' AS event_type,
        epoch_ms(1793491200000 + i * 1000) AS ts, 'u' || i AS user_id,
        (1029 + i)::DECIMAL(18, 2) / 100 AS price, 9007199254740993 + i AS huge, 41 + i AS answer,
        TIMESTAMPTZ '2026-11-02 03:04:05.678+00' AS moment, DATE '2026-11-02' AS day, 'NaN'::DOUBLE AS nothing,
        MAP {'plan': 'early', 'comment': 'nobody reads this'} AS properties,
        [{'sku': 'a', 'note': 'nobody reads this'}, {'sku': 'b', 'note': NULL}] AS items,
        '{"of": {"json": 1}}'::JSON AS said
      FROM range(3) AS r(i)) TO '${file('a.parquet')}' (FORMAT parquet)`);
    expect((await importInto([file('a.parquet')])).counts).toMatchObject({ read: 3, kept: 3 });
    const [row] = storedRows(workspace.dataDir).sort((a, b) => (a.ts < b.ts ? -1 : 1));
    expect(row).toMatchObject({
      user: 'u0',
      'p.price': 10.29,
      'p.huge': '9007199254740993',
      'p.answer': 41,
      'p.moment': '2026-11-02T03:04:05.678Z',
      'p.day': '2026-11-02',
      'p.plan': 'early',
      'p.items.sku': ['a', 'b'],
      'p.said.of.json': 1,
    });
    expect(Object.keys(row!).filter((name) => /nothing|note|comment/.test(name))).toEqual([]);
  });

  it('of further types of Arrow, too, dictionaries among them', async () => {
    const table: Table = tableFromArrays({
      event_id: ['e1', 'e2'],
      event_type: ['page_view', 'page_view'],
      ts: [new Date(Date.UTC(2026, 10, 1)), new Date(Date.UTC(2026, 10, 2))],
      big: BigInt64Array.from([5n, 2n ** 60n]),
      small: Uint8Array.from([1, 2]),
    });
    writeFileSync(file('a.arrow'), tableToIPC(table, 'file'));
    writeFileSync(file('b.arrow'), tableToIPC(table, 'stream'));
    expect((await importInto([file('a.arrow'), file('b.arrow')])).counts).toMatchObject({
      kept: 2,
      duplicate: 2,
    });
    expect(storedRows(workspace.dataDir)).toMatchObject([
      { 'p.big': 5, 'p.small': 1, ts: '2026-11-01T00:00:00.000Z' },
      { 'p.big': '1152921504606846976', 'p.small': 2, ts: '2026-11-02T00:00:00.000Z' },
    ]);
  });

  it('that nobody wants are not even decoded', async () => {
    const { DataFrame } = await loadEngine<Polars>('nodejs-polars');
    DataFrame(typed.map((row) => ({ ...row, prompt_text: 'free text' }))).writeParquet(file('a.parquet'), {
      compression: 'uncompressed',
    });
    const bytes = readFileSync(file('a.parquet'));
    const buffer = new Uint8Array(bytes).buffer;
    const { row_groups } = await parquetMetadataAsync({
      byteLength: bytes.length,
      slice: buffer.slice.bind(buffer),
    });
    for (const { columns } of row_groups) {
      for (const { meta_data } of columns) {
        if (!/comment|prompt_text/.test(meta_data!.path_in_schema.join('.'))) continue;
        const start = Number(meta_data!.dictionary_page_offset ?? meta_data!.data_page_offset);
        bytes.fill(0xff, start, start + Number(meta_data!.total_compressed_size)); // reading it would fail
      }
    }
    writeFileSync(file('a.parquet'), bytes);
    const rows = await rowsOf('a.parquet');
    expect(JSON.stringify(rows)).not.toMatch(/comment|prompt_text|example\.org/);
  });

  it('of a dimension are read alike', async () => {
    await duckDb(`COPY (SELECT 'p' || i AS id, 'Practice ' || i AS name, 'breath' AS category, 'm1' AS master_id,
      'free' AS comment FROM range(3) AS r(i)) TO '${file('practices.parquet')}' (FORMAT parquet)`);
    expect((await importInto([file('practices.parquet')], 'practices')).counts).toMatchObject({
      read: 3,
      kept: 3,
    });
    const rows = await workspace.withStore((store) =>
      store.db.prepare<[], { row: string }>('SELECT row FROM dimension_rows ORDER BY key').all(),
    );
    expect(rows.map(({ row }) => JSON.parse(row) as unknown)[1]).toEqual({
      id: 'p1',
      name: 'Practice 1',
      category: 'breath',
      master_id: 'm1',
    });
  });

  it('of many row groups are committed part by part, and a stopped read goes on behind them', async () => {
    await duckDb(`COPY (SELECT 'e' || i AS event_id, 'page_view' AS event_type, epoch_ms(1793491200000 + i * 20) AS ts,
      'u' || (i % 50) AS user_id FROM range(60000) AS r(i))
      TO '${file('a.parquet')}' (FORMAT parquet, ROW_GROUP_SIZE 20480)`);
    await workspace.addFolder();
    const stop = new AbortController();
    const batch = {
      firstRows: 9_000,
      maxRows: 9_000,
      maxBytes: 1 << 30,
      maxObjects: 1 << 16,
      chunkBytes: 1 << 16,
      idsPerSweep: 1 << 20,
    };
    const first = await workspace.sync({
      batch,
      signal: stop.signal,
      onProgress: ({ counts }) => {
        if (counts.kept >= 25_000) stop.abort();
      },
    });
    expect(first.state).toBe('cancelled');
    const before = first.counts.kept;
    expect(before).toBeGreaterThanOrEqual(25_000);
    const { counts } = await workspace.sync({ batch });
    expect(counts).toMatchObject({ read: 60_000 - before, kept: 60_000 - before, duplicate: 0 });
    expect(storedRows(workspace.dataDir)).toHaveLength(60_000);
  });
});

describe('a file of columns that is not as it should be', () => {
  it.each([
    ['cut.parquet', (bytes: Buffer) => bytes.subarray(0, bytes.length / 2), 'is not valid Parquet'],
    ['noise.parquet', () => Buffer.from('PAR1 not really'), 'is not valid Parquet'],
    [
      'cut.arrow',
      (bytes: Buffer) => bytes.subarray(0, bytes.length / 2),
      'is not valid Arrow IPC, or it is cut short',
    ],
    ['noise.arrow', () => Buffer.from('these are no columns at all'), 'is not valid Arrow IPC'],
    ['old.feather', () => Buffer.from('FEA1 and so on'), 'is Feather of version 1; write it as Arrow IPC'],
  ])('%s: named, and the rest is read', async (name, damage, message) => {
    const { DataFrame } = await loadEngine<Polars>('nodejs-polars');
    const whole = file('whole.tmp');
    if (name.endsWith('parquet')) DataFrame(typed).writeParquet(whole, { compression: 'snappy' });
    else DataFrame(typed).writeIPC(whole, { compression: 'uncompressed' });
    writeFileSync(file(name), damage(readFileSync(whole)));
    workspace.raw('z.ndjson', [eventOf(1000)]);
    await workspace.addFolder();
    const state = await workspace.sync();
    expect(state.message).toContain(`${file(name)} ${message}`);
    expect(state).toMatchObject({ state: 'failed', counts: { kept: 1 } });
    expect((await workspace.sync()).counts.read).toBe(0);
  });
});
