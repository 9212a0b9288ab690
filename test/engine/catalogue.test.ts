import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS, migrate } from '../../main/catalogue/migrate.ts';
import { openCatalogueReader } from '../../main/catalogue/reader.ts';
import { examine } from '../../main/engine/doctor/examine.ts';
import { createWorkspace, hasWorkspace } from '../../main/engine/store/create-workspace.ts';
import { storedRows } from '../support/stored-rows.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

const SNAPSHOT = path.join(import.meta.dirname, 'catalogue-schema.sql');

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = testWorkspace();
});
afterEach(() => workspace.remove());

const segmentsOf = { environment: 'test', dataset: 'events', fromMs: null, toMs: null };

describe('the catalogue', () => {
  it('has the schema that is checked in; write it anew with TIDEMARK_UPDATE=1 when a migration is added', () => {
    const db = new SqliteDatabase(':memory:');
    migrate(db);
    const statements = db
      .prepare<[], { sql: string }>(
        'SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY type DESC, name',
      )
      .all();
    const schema = `-- user_version ${String(db.pragma('user_version', { simple: true }))}\n${statements.map(({ sql }) => `${sql};\n`).join('')}`;
    db.close();
    if (process.env['TIDEMARK_UPDATE'] === '1') writeFileSync(SNAPSHOT, schema);
    expect(schema).toBe(readFileSync(SNAPSHOT, 'utf8'));
    expect(
      statements.filter(({ sql }) => sql.startsWith('CREATE TABLE') && !/\)\s*STRICT/.test(sql)),
    ).toEqual([]);
  });

  it('brings a catalogue of the version before up to date without losing a row', async () => {
    const file = path.join(workspace.dataDir, 'catalogue.sqlite');
    const old = new SqliteDatabase(':memory:');
    old.exec(MIGRATIONS[0]!);
    old.pragma('user_version = 1');
    old.exec(`
      INSERT INTO workspace VALUES (1, 'w', 'Old', 'UTC', 'monday', NULL, 16, 0, 3, 1, 3);
      INSERT INTO sources (source_id, name, kind, environment, dataset, config, created_at_ms, files, read, kept, quarantined)
        VALUES (7, 'web', 'folder', 'test', 'events', '{"path":"/raw"}', 5, 2, 3, 2, 1);
      INSERT INTO source_state VALUES (7, 'test', 10, 9, '{}');
      INSERT INTO source_event_types VALUES (7, 'test', 'page_view', 2);
      INSERT INTO ledger VALUES (1, 7, 'a', 10, 'v', 'done', NULL, 3, 3, 2, 0, 1, 0, 2);
      INSERT INTO quarantine VALUES (1, 7, 1, 2, 'test', 'missing', 'ts', NULL, 2);
      INSERT INTO quarantine_counts VALUES (7, 'missing', 'ts', 1);
      INSERT INTO dimension_rows VALUES ('test', 'practices', 'p', '{}', 1, 2);`);
    const tables = [
      'sources',
      'source_state',
      'source_event_types',
      'ledger',
      'quarantine',
      'dimension_rows',
    ];
    rmSync(file);
    writeFileSync(file, old.serialize());
    old.close();
    await workspace.withStore((store) => {
      expect(store.db.pragma('foreign_key_check')).toEqual([]);
      for (const table of tables)
        expect(store.db.prepare(`SELECT count(*) AS n FROM ${table}`).get(), table).toEqual({ n: 1 });
      expect(
        store.db.prepare('SELECT name, kind, kept, checkpoint, removed_at_ms FROM sources').all(),
      ).toEqual([{ name: 'web', kind: 'folder', kept: 2, checkpoint: null, removed_at_ms: null }]);
      store.db.prepare('DELETE FROM dimension_rows').run();
      store.db.prepare('DELETE FROM sources').run(); // what refers to it goes with it, as before
      expect(store.db.prepare('SELECT count(*) AS n FROM ledger').get()).toEqual({ n: 0 });
    });
  });

  it('takes over from jobs when a source deletes its rows', () => {
    const db = new SqliteDatabase(':memory:');
    for (const statements of MIGRATIONS.slice(0, 7)) db.exec(statements);
    db.pragma('user_version = 7');
    const source = db.prepare(
      `INSERT INTO sources (source_id, name, kind, environment, dataset, config, created_at_ms)
       VALUES (?, ?, 'folder', 'test', 'events', ?, 5)`,
    );
    source.run(1, 'job says', '{"path":"/raw"}');
    source.run(2, 'both say', '{"path":"/raw","expiresAfterDays":30}');
    source.run(3, 'none says', '{"path":"/raw"}');
    const job = db.prepare('INSERT INTO source_jobs (source_id, settings) VALUES (?, ?)');
    job.run(1, '{"intervalMs":1000,"expiresAfterDays":90}');
    job.run(2, '{"expiresAfterDays":90}');
    job.run(3, '{"expiresAfterDays":null}');
    migrate(db);
    const text = (sql: string) =>
      db
        .prepare<[], { text: string }>(sql)
        .all()
        .map((row) => row.text);
    expect(text('SELECT config AS text FROM sources ORDER BY source_id')).toEqual([
      '{"path":"/raw","expiresAfterDays":90}',
      '{"path":"/raw","expiresAfterDays":30}',
      '{"path":"/raw"}',
    ]);
    expect(text('SELECT settings AS text FROM source_jobs ORDER BY source_id')).toEqual([
      '{"intervalMs":1000}',
      '{}',
      '{}',
    ]);
    db.close();
  });

  it('brings one of the first version up to date and keeps what it holds', async () => {
    await workspace.addFolder();
    workspace.raw('a.ndjson', [eventOf(1)]);
    await workspace.sync();
    const before = storedRows(workspace.dataDir);
    takeBackToFirstVersion(path.join(workspace.dataDir, 'catalogue.sqlite'));
    const checks = await examine(workspace.dataDir, { signal: new AbortController().signal });
    expect(checks.filter(({ status }) => status !== 'ok').map(({ name, status }) => [name, status])).toEqual([
      ['catalogue', 'warn'],
    ]);
    await workspace.withStore(({ db: upgraded }) => {
      expect(upgraded.pragma('user_version', { simple: true })).toBe(MIGRATIONS.length);
      expect(upgraded.prepare('SELECT environment FROM merges').all()).toEqual([]);
    });
    expect(storedRows(workspace.dataDir)).toEqual(before);
  });

  it('refuses a catalogue of a newer version, for reading and for writing', async () => {
    const file = path.join(workspace.dataDir, 'catalogue.sqlite');
    const db = new SqliteDatabase(file);
    db.pragma('user_version = 99');
    db.close();
    expect(() => openCatalogueReader(workspace.dataDir)).toThrow(
      expect.objectContaining({ code: 'protocol-mismatch' }),
    );
    await expect(workspace.withStore(() => undefined)).rejects.toMatchObject({ code: 'protocol-mismatch' });
  });

  it('lets a snapshot see one revision while the writer commits, several at a time', async () => {
    await workspace.addFolder();
    workspace.raw('a.ndjson', [eventOf(1)]);
    await workspace.sync();
    const reader = openCatalogueReader(workspace.dataDir);
    const before = reader.snapshot();
    workspace.raw('b.ndjson', [eventOf(2), eventOf(3)]);
    await workspace.sync();
    const after = reader.snapshot();
    expect(after.revision).toBeGreaterThan(before.revision);
    const rowsOf = (snapshot: typeof before) =>
      snapshot.segments(segmentsOf).reduce((sum, { rows }) => sum + rows, 0);
    expect([rowsOf(before), rowsOf(after)]).toEqual([1, 3]);
    expect(before.dictionary('test', 'user_id')!.count).toBe(1);
    expect(after.dictionary('test', 'user_id')!.count).toBe(3);
    before.close();
    before.close(); // closing twice does no harm
    after.close();
    const again = reader.snapshot();
    expect(again.revision).toBe(after.revision);
    again.close();
    reader.close();
    expect(() => reader.snapshot()).toThrow('closed');
  });

  it('opens a snapshot within a millisecond once it is warm', async () => {
    await workspace.addFolder();
    workspace.raw('a.ndjson', [eventOf(1)]);
    await workspace.sync();
    const reader = openCatalogueReader(workspace.dataDir);
    const times = Array.from({ length: 50 }, () => {
      const startMs = performance.now();
      reader.snapshot().close();
      return performance.now() - startMs;
    });
    reader.close();
    expect(times.sort((a, b) => a - b)[25]).toBeLessThan(1);
  });

  it('names a missing workspace, a folder without one, and a half-made one', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-none-'));
    expect(() => openCatalogueReader(folder)).toThrow(`there is no workspace in ${folder}`);
    expect(hasWorkspace(folder)).toBe(false);
    writeFileSync(path.join(folder, 'catalogue.sqlite'), '');
    expect(hasWorkspace(folder)).toBe(false);
    createWorkspace(folder, { name: 'Now whole', zone: 'Europe/Oslo' });
    expect(hasWorkspace(folder)).toBe(true);
    expect(() => createWorkspace(folder, { name: 'Second', zone: 'UTC' })).toThrow(
      expect.objectContaining({ code: 'conflict' }),
    );
    expect(() => createWorkspace(folder, { name: 'Nowhere', zone: 'Europe/Atlantis' })).toThrow(
      'unknown time zone "Europe/Atlantis"',
    );
    rmSync(folder, { recursive: true });
  });

  it('keeps foreign keys and counts honest whatever writes to it', async () => {
    await workspace.withStore((store) => {
      expect(() =>
        store.db
          .prepare(
            `INSERT INTO sources (name, kind, dataset, config, created_at_ms, read) VALUES ('x', 'folder', 'events', '{}', 0, 1)`,
          )
          .run(),
      ).toThrow('CHECK');
      expect(() =>
        store.db.prepare(`INSERT INTO source_event_types VALUES (42, 'test', 'page_view', 1)`).run(),
      ).toThrow('FOREIGN KEY');
    });
  });
});

/** The same rows in a catalogue of the first version's schema. */
function takeBackToFirstVersion(file: string): void {
  const newest = `${file}.newest`;
  renameSync(file, newest);
  const db = new SqliteDatabase(file);
  db.exec(MIGRATIONS[0]!);
  db.pragma('user_version = 1');
  db.prepare('ATTACH ? AS newest').run(newest);
  const tables = db
    .prepare<[], { name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all();
  db.pragma('foreign_keys = OFF');
  for (const { name } of tables) {
    const columns = db.prepare<[string], { name: string }>('SELECT name FROM pragma_table_info(?)').all(name);
    const list = columns.map((column) => `"${column.name}"`).join(', ');
    db.exec(`INSERT INTO main."${name}" (${list}) SELECT ${list} FROM newest."${name}"`);
  }
  db.close();
  rmSync(newest);
}
