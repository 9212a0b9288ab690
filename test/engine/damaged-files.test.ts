import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { importFiles } from '../../main/engine/sync/import-files.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { storedRows } from '../support/stored-rows.ts';
import { type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.remove());

const ledgerOf = (key: string) =>
  workspace.withStore((store) =>
    store.db
      .prepare<[string], { state: string; reason: string }>(
        'SELECT state, reason FROM ledger WHERE key = ? ORDER BY object_id DESC',
      )
      .all(key),
  );

describe('a damaged file', () => {
  const rows = Array.from({ length: 2000 }, (_, n) => eventOf(n, { ts: Date.UTC(2026, 10, 2) + n * 1000 }));
  const packed = gzipSync(ndjson(rows));
  const unpacked = 'this was never compressed';

  it.each<[string, string | Uint8Array, string]>([
    ['cut.ndjson.gz', packed.subarray(0, 9000), 'is cut short: the compressed data ends too early'],
    ['noise.jsonl.gz', unpacked, 'is not valid compressed data'],
    ['open.json', JSON.stringify(rows, null, 1).slice(0, -40), 'the JSON ends in the middle of a row'],
    ['unclosed.json', JSON.stringify(rows.slice(0, 3)).slice(0, -1), 'the JSON array is not closed'],
    ['more.json', `${JSON.stringify(rows.slice(0, 3))} {}`, 'there is more text after the end of the array'],
  ])('%s: what was readable is kept, the fault noted, a mended file read', async (name, bytes, reason) => {
    await workspace.addFolder();
    writeFileSync(path.join(workspace.rawDir, name), bytes);
    workspace.raw('zz.ndjson', [eventOf(5000, { ts: Date.UTC(2026, 10, 5) })]);
    const state = await workspace.sync();
    expect(state.state).toBe('failed');
    expect(state.message).toContain(name);
    expect(state.message).toContain(reason);
    const { read, kept, duplicate, quarantined } = state.counts;
    expect(read).toBe(kept + duplicate + quarantined);
    expect(storedRows(workspace.dataDir).map(({ ts }) => ts)).toContain('2026-11-05T00:00:00.000Z');
    const [noted] = await ledgerOf(name);
    expect(noted!.state).toBe('failed');
    expect(noted!.reason).toContain(reason);

    workspace.raw(name, name.endsWith('.json') ? JSON.stringify(rows) : rows);
    expect(await workspace.sync()).toMatchObject({ state: 'idle', counts: { files: 1, read: 2000 } });
    const stored = storedRows(workspace.dataDir);
    expect(stored).toHaveLength(2001);
    expect(new Set(stored.map(({ id }) => id)).size).toBe(2001);
  });

  it('with a row over 8 MiB loses that row alone, whatever its shape', async () => {
    await workspace.addFolder();
    const long = eventOf(2, { properties: { page_path: 'x'.repeat(8 * 1024 * 1024) } });
    const csvRow = (n: number, page: string) => `event-${n},page_view,2026-11-02T00:00:00Z,"${page}"\n`;
    workspace.raw('1.ndjson', [eventOf(1), long, eventOf(3)]);
    workspace.raw('2.json', JSON.stringify([eventOf(4), long, eventOf(5)]));
    workspace.raw(
      '3.csv',
      `event_id,event_type,ts,page_path\n${csvRow(6, '/a')}${csvRow(7, 'x'.repeat(9 << 20))}${csvRow(8, '/b\n/c')}`,
    );
    expect((await workspace.sync()).counts).toMatchObject({ read: 9, kept: 6, quarantined: 3 });
    const refused = await workspace.withStore((store) =>
      store.db.prepare('SELECT position, reason, row_copy FROM quarantine ORDER BY quarantine_id').all(),
    );
    expect(refused).toEqual(Array(3).fill({ position: 2, reason: 'line-too-long', row_copy: null }));
  });
});

describe('files to import', () => {
  const importInto = (names: string[], map?: unknown) =>
    workspace.withStore((store) =>
      importFiles(store, names, {
        environment: 'test',
        dataset: 'events',
        ...(map === undefined ? {} : { map }),
      }),
    );

  it('that cannot be read are named before anything is', async () => {
    const good = workspace.raw('good.ndjson', [eventOf(1)]);
    const gone = path.join(workspace.rawDir, 'gone.ndjson');
    await expect(importInto([good, gone])).rejects.toThrow(`${gone} does not exist`);
    await expect(importInto([good, workspace.rawDir])).rejects.toThrow('is not a file');
    const workbook = workspace.raw('a.xlsx', 'PK');
    await expect(importInto([good, workbook])).rejects.toThrow(
      `${workbook} is of no known kind; expected a name that ends in .ndjson, .jsonl, .json, .csv, .parquet or .arrow, each also with .gz or .zst`,
    );
    expect(storedRows(workspace.dataDir)).toEqual([]);
  });

  it('are read each time, and rows that are known count as duplicates', async () => {
    const file = workspace.raw('a.ndjson', [eventOf(1), eventOf(2)]);
    expect((await importInto([file])).counts).toMatchObject({ read: 2, kept: 2 });
    expect((await importInto([file])).counts).toMatchObject({ read: 2, kept: 0, duplicate: 2 });
  });

  it('may hold several environments, which stay apart', async () => {
    const file = workspace.raw('a.ndjson', [
      eventOf(1, { environment: 'production' }),
      eventOf(2, { environment: 'staging' }),
      eventOf(1, { environment: 'staging' }),
      eventOf(3),
    ]);
    const { counts } = await workspace.withStore((store) =>
      importFiles(store, [file], { environment: null, dataset: 'events' }),
    );
    expect(counts).toMatchObject({ read: 4, kept: 3, quarantined: 1 });
    const environments = storedRows(workspace.dataDir).map(({ environment }) => environment);
    expect(environments).toEqual(['production', 'staging', 'staging']);
  });

  it('with a map that makes no sense are refused with its place', async () => {
    const file = workspace.raw('a.ndjson', [eventOf(1)]);
    const refused = importInto([file], { event_id: 'row-number' });
    await expect(refused).rejects.toMatchObject({ code: 'bad-input', path: 'map.event_id' });
  });
});

describe('a sync', () => {
  it('of a source that nobody knows is refused with the names there are', async () => {
    await workspace.addFolder();
    await expect(workspace.sync({ sourceName: 'evnets' })).rejects.toThrow(
      'there is no source named "evnets"; expected "events"',
    );
  });

  it('of an impossible configuration is refused when it is added', async () => {
    await expect(workspace.addFolder({ environment: '' })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(workspace.addFolder({ keyTemplate: 'dt=%Q/' })).rejects.toThrow('unknown part "%Q"');
    await workspace.addFolder();
    await expect(workspace.addFolder()).rejects.toThrow('there is already a source named "events"');
  });

  it('runs alone', async () => {
    await workspace.addFolder();
    workspace.raw('a.ndjson', [eventOf(1)]);
    await workspace.withStore(async (store) => {
      const first = runSync(store, { sourceName: null });
      await expect(runSync(store, { sourceName: null })).rejects.toMatchObject({ code: 'conflict' });
      expect((await first).counts.kept).toBe(1);
    });
  });
});
