import {
  copyFileSync,
  cpSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Check } from '../../main/engine/doctor/check.ts';
import { examine } from '../../main/engine/doctor/examine.ts';
import { rebuildCatalogue } from '../../main/engine/doctor/rebuild/rebuild-catalogue.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { mergeDeltas } from '../../main/engine/store/merge/merge-deltas.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import { plainRows } from '../support/plain-rows.ts';
import { disorderOf } from '../support/store-check.ts';
import { withSnapshot } from '../support/stored-rows.ts';
import { NOW_MS, type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const FIRST_MS = Date.UTC(2026, 10, 1);
const ASIDE = 'set-aside/2026-11-19T13-32-00-000Z';
const LONG = 'very long name '.repeat(13);

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder();
});
afterEach(() => workspace.remove());

const inFolder = (...names: string[]): string => path.join(workspace.dataDir, ...names);

const rebuild = (): Promise<Check[]> =>
  rebuildCatalogue(workspace.dataDir, { signal: new AbortController().signal, now: () => NOW_MS });

const worded = (checks: readonly Check[]): string[] =>
  checks.map(({ status, message }) => `${status}: ${message}`);

function loseCatalogue(): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(inFolder(`catalogue.sqlite${suffix}`), { force: true });
}

/** Events of three days and of several types, with properties of every kind. */
const eventsOf = (from: number, count: number): object[] =>
  Array.from({ length: count }, (_, index) => {
    const n = from + index;
    return eventOf(n, {
      ts: FIRST_MS + ((n * 7_919_003) % (3 * DAY_MS)),
      event_type: ['page_view', 'search', '$pageview', 'user signed up'][n % 4],
      locale: n % 3 === 0 ? 'nb-NO' : undefined,
      properties: {
        page_path: `/page/${n % 5}`,
        mixed: n % 6 === 0 ? 'text' : n,
        on: n % 2 === 0,
        [LONG]: `${n}`,
      },
    });
  });

async function arrive(name: string, rows: readonly object[]): Promise<void> {
  workspace.raw(name, rows);
  await workspace.sync();
}

const merge = () => workspace.withStore((store) => mergeDeltas(store));

async function answers(): Promise<unknown[]> {
  const engine = createQueryEngine({ dataDir: workspace.dataDir, memoryBudgetBytes: 16 << 20 });
  const range = { from: '2026-11-01', to: '2026-11-04' };
  const trend = { kind: 'trend', environment: 'test', range } as const;
  const results = [];
  for (const question of [
    { ...trend, series: [{ event: null }, { event: 'search', measure: 'users' }] },
    {
      ...trend,
      series: [{ event: null, measure: 'sum', property: 'mixed' }],
      breakdown: { property: 'locale' },
    },
    { ...trend, series: [{ event: null }], filters: [{ property: LONG, op: 'contains', value: '1' }] },
  ] as const)
    results.push((await engine.run(question)).result);
  engine.close();
  return results;
}

const heldRows = async () => ({ rows: plainRows(workspace.dataDir), answers: await answers() });

/** Rows of a property are counted when they come; a sweep takes none of them away. */
const held = async () => ({
  ...(await heldRows()),
  properties: withSnapshot(workspace.dataDir, (snapshot) => snapshot.properties('test')),
});

async function expectSound(): Promise<void> {
  expect(disorderOf(workspace.dataDir)).toEqual([]);
  const checks = await examine(workspace.dataDir, { signal: new AbortController().signal });
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
}

const segmentFiles = (): string[] =>
  readdirSync(inFolder('segments'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.arrow'))
    .map((name) => path.posix.join('segments', name))
    .sort();

describe('a catalogue that is lost', () => {
  it('is made anew: rows, answers and properties as before, and all counts add up', async () => {
    await arrive('a.ndjson', eventsOf(0, 90));
    await arrive('b.ndjson', eventsOf(90, 30));
    const before = await held();
    loseCatalogue();
    expect(worded(await rebuild())).toEqual([
      'ok: the catalogue is missing and was made anew from 6 segments with 120 events of 3 days',
      'ok: the workspace is "Test" in UTC, as before',
      'warn: which sources there were is lost; add them again, or import their files again',
      expect.stringMatching(/^warn: which files were read, the rows in quarantine, dimensions/),
      'ok: no file had to be set aside',
    ]);
    expect(await held()).toEqual(before);
    await expectSound();
  });

  it('takes its sources again without a row twice, and goes on from there', async () => {
    await arrive('a.ndjson', eventsOf(0, 90));
    const before = await held();
    loseCatalogue();
    await rebuild();
    await workspace.addFolder();
    expect((await workspace.sync()).counts).toMatchObject({ read: 90, kept: 0, duplicate: 90 });
    expect((await held()).rows).toEqual(before.rows);
    workspace.raw('b.ndjson', eventsOf(80, 30));
    expect((await workspace.sync()).counts).toMatchObject({ kept: 20, duplicate: 10 });
    await merge();
    expect(plainRows(workspace.dataDir)).toHaveLength(110);
    await expectSound();
  });

  it('does not bring back segments that a merge or a sweep had replaced', async () => {
    await arrive('a.ndjson', eventsOf(0, 90));
    await arrive('b.ndjson', eventsOf(90, 60));
    expect(await merge()).toMatchObject({ commits: 3 });
    const far = { ts: FIRST_MS + 12 * DAY_MS };
    await arrive('c.ndjson', [eventOf(5, far), eventOf(500, far)]); // of a copy, far away: swept
    const before = await heldRows();
    expect(segmentFiles()).toHaveLength(6 + 3 + 2);
    loseCatalogue();
    const [first] = worded(await rebuild());
    expect(first).toContain('from 4 segments with 151 events of 4 days; 7 replaced segments left out');
    expect(await heldRows()).toEqual(before);
    await workspace.sync();
    expect(segmentFiles()).toHaveLength(4);
    expect(await heldRows()).toEqual(before);
    await expectSound();
  });

  it('takes a half-written replacement for what it is: the next sweep removes what is twice', async () => {
    const rows = (from: number) => [
      ...Array.from({ length: 4200 }, (_, n) => eventOf(from + n, { ts: FIRST_MS + n })),
      ...Array.from({ length: 40 }, (_, n) =>
        eventOf(20_000 + from + n, { ts: FIRST_MS + n, event_type: 'search' }),
      ),
    ];
    await arrive('a.ndjson', rows(0));
    await arrive('b.ndjson', rows(5000));
    const before = await heldRows();
    const old = segmentFiles();
    await merge();
    const fresh = segmentFiles().filter((file) => !old.includes(file));
    expect(fresh).toHaveLength(2);
    const copy = `${workspace.dataDir}.copy`;
    cpSync(workspace.dataDir, copy, { recursive: true });
    for (const missing of fresh) {
      rmSync(workspace.dataDir, { recursive: true });
      cpSync(copy, workspace.dataDir, { recursive: true });
      rmSync(inFolder(missing));
      loseCatalogue();
      await rebuild();
      await workspace.addFolder();
      await workspace.sync();
      expect(await heldRows()).toEqual(before);
      await expectSound();
    }
  });

  it('is not made where there is nothing to make it of, and names that', async () => {
    loseCatalogue();
    await expect(rebuild()).rejects.toMatchObject({ code: 'not-found' });
    expect(existsSync(inFolder('catalogue.sqlite'))).toBe(false);
  });

  it('is refused by every command that would begin anew in its folder', async () => {
    await arrive('a.ndjson', eventsOf(0, 9));
    loseCatalogue();
    expect(() => createWorkspace(workspace.dataDir, { name: 'New', zone: 'UTC' })).toThrow(
      'run "tidemark doctor --rebuild"',
    );
  });

  it('is made without the name and zone of the workspace where their copy is lost, too', async () => {
    await arrive('a.ndjson', eventsOf(0, 9));
    loseCatalogue();
    rmSync(inFolder('workspace.json'));
    expect(worded(await rebuild())[1]).toBe(
      'warn: the name and zone of the workspace are lost: it is "Workspace" in UTC now',
    );
    await expectSound();
  });

  it('is made from the start when a rebuild was killed before', async () => {
    await arrive('a.ndjson', eventsOf(0, 90));
    const before = await held();
    loseCatalogue();
    writeFileSync(inFolder('catalogue.sqlite.rebuilding'), 'half of it');
    await rebuild();
    expect(await held()).toEqual(before);
    expect(readdirSync(workspace.dataDir).filter((name) => name.includes('rebuilding'))).toEqual([]);
  });

  it('is made of files of before they kept checksums, too', async () => {
    await arrive('a.ndjson', eventsOf(0, 90));
    const before = await held();
    for (const file of segmentFiles()) {
      const bytes = readFileSync(inFolder(file));
      const at = bytes.lastIndexOf('tidemark.checksums');
      bytes.write('tidemark.CHECKSUMS', at); // a key that nobody knows
      writeFileSync(inFolder(file), bytes);
    }
    loseCatalogue();
    await rebuild();
    expect(await held()).toEqual(before);
    await expectSound();
  });
});

describe('a catalogue that is damaged', () => {
  const catalogue = () => inFolder('catalogue.sqlite');

  const foldLog = (): void => {
    const db = new SqliteDatabase(catalogue());
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
  };

  it.each<[string, (bytes: Buffer) => Buffer]>([
    ['cut to half', (bytes) => bytes.subarray(0, Math.floor(bytes.length / 8192) * 4096)],
    ['overwritten with noise', (bytes) => Buffer.alloc(bytes.length, 'noise')],
    ['empty', () => Buffer.alloc(0)],
    ['its first page gone', (bytes) => Buffer.concat([Buffer.alloc(4096), bytes.subarray(4096)])],
    ['its last pages gone', (bytes) => Buffer.concat([bytes.subarray(0, -8192), Buffer.alloc(8192, 7)])],
  ])('%s: made anew, and kept as it was', async (_name, damage) => {
    await arrive('a.ndjson', eventsOf(0, 90));
    const before = await held();
    foldLog();
    const damaged = damage(readFileSync(catalogue()));
    writeFileSync(catalogue(), damaged);
    const [first] = worded(await rebuild());
    expect(first).toMatch(
      /^ok: the catalogue .* with 90 events of 3 days, the old one is kept in set-aside\//,
    );
    expect(await held()).toEqual(before);
    expect(readFileSync(inFolder(ASIDE, 'catalogue.sqlite')).equals(damaged)).toBe(true);
    await expectSound();
  });

  it('any page overwritten: made anew', async () => {
    await arrive('a.ndjson', eventsOf(0, 90));
    const before = await heldRows();
    foldLog();
    const whole = readFileSync(catalogue());
    const pageBytes = whole.readUInt16BE(16);
    for (let at = 0; at < whole.length; at += pageBytes) {
      writeFileSync(catalogue(), Buffer.from(whole).fill(0xa5, at, at + pageBytes));
      const [first] = worded(await rebuild());
      expect(first, `page ${at / pageBytes + 1}`).toContain('was made anew from 3 segments');
    }
    expect(await heldRows()).toEqual(before);
    await expectSound();
  });

  it('gives what can still be read of it: the workspace and its sources', async () => {
    await arrive('a.ndjson', eventsOf(0, 90));
    const before = await held();
    const db = new SqliteDatabase(catalogue());
    db.pragma('foreign_keys = OFF');
    db.exec('DELETE FROM ledger; UPDATE quarantine SET object_id = 99; DROP TABLE segments');
    db.close();
    rmSync(inFolder('workspace.json'));
    const checks = worded(await rebuild());
    expect(checks[0]).toContain('the catalogue cannot be read and was made anew from 3 segments');
    expect(checks.slice(1, 3)).toEqual([
      'ok: the workspace is "Test" in UTC, as before',
      'ok: 1 source read from the damaged catalogue',
    ]);
    expect(await held()).toEqual(before);
    expect((await workspace.sync()).counts).toMatchObject({ read: 90, kept: 0, duplicate: 90 });
    expect((await held()).rows).toEqual(before.rows);
    await expectSound();
  });

  it('is left alone when it is in order, or of a newer version', async () => {
    await arrive('a.ndjson', eventsOf(0, 9));
    foldLog();
    const bytes = readFileSync(catalogue());
    expect(worded(await rebuild())).toEqual(['ok: the catalogue is in order; nothing was changed']);
    expect(readFileSync(catalogue()).equals(bytes)).toBe(true);
    const db = new SqliteDatabase(catalogue());
    db.pragma('user_version = 99');
    db.close();
    await expect(rebuild()).rejects.toMatchObject({ code: 'protocol-mismatch' });
    expect(existsSync(inFolder('set-aside'))).toBe(false);
  });

  it('is not touched while another process writes', async () => {
    await arrive('a.ndjson', eventsOf(0, 9));
    await workspace.withStore(() => expect(rebuild()).rejects.toMatchObject({ code: 'locked' }));
  });
});

describe('stored files that are damaged as well', () => {
  const fill = async (): Promise<void> => {
    await arrive('a.ndjson', eventsOf(0, 90));
    await arrive('b.ndjson', eventsOf(90, 30));
    loseCatalogue();
  };
  const unfitIn = (checks: readonly Check[]): string[] =>
    worded(checks).filter((line) => line.includes('is kept as'));

  it.each<[string, (file: string) => void, string]>([
    ['cut short', (file) => truncateSync(file, 900), 'it has no Arrow footer'],
    ['empty', (file) => truncateSync(file, 0), 'it has no Arrow footer'],
    ['one value changed', (file) => changeValue(file), 'its column "id" does not match its checksum'],
    ['noise', (file) => writeFileSync(file, Buffer.alloc(4000, 'ARROW1')), ''],
  ])('a segment %s is set aside, and its rows come back with their source', async (_name, damage, reason) => {
    await fill();
    const [file] = segmentFiles();
    damage(inFolder(file!));
    const damaged = readFileSync(inFolder(file!));
    const unfit = unfitIn(await rebuild());
    expect(unfit).toEqual([
      expect.stringContaining(`warn: ${file} is kept as ${ASIDE}/${file} and not used (${reason}`),
    ]);
    expect(readFileSync(inFolder(ASIDE, file!)).equals(damaged)).toBe(true);
    const left = plainRows(workspace.dataDir).length;
    expect(left).toBeLessThan(120);
    await expectSound();
    await workspace.addFolder();
    expect((await workspace.sync()).counts).toMatchObject({ read: 120, kept: 120 - left });
    expect(plainRows(workspace.dataDir)).toHaveLength(120);
    await expectSound();
  });

  /** A byte in the last column that every file has. */
  function changeValue(file: string): void {
    const bytes = readFileSync(file);
    const id = bytes.indexOf(Buffer.from('event-'));
    bytes[id + 7]! ^= 1;
    writeFileSync(file, bytes);
  }

  it('another file among the segments is set aside, too, and so is a copy of one', async () => {
    await fill();
    const [file] = segmentFiles();
    const copy = file!.replace('2026-11-01', '2026-11-09');
    cpSync(inFolder(path.dirname(file!)), inFolder(path.dirname(copy)), { recursive: true });
    copyFileSync(inFolder(file!), inFolder('segments', 'notes.txt'));
    copyFileSync(inFolder(file!), inFolder(file!.replace(/\d+-(\d+\.arrow)/, '99-$1')));
    expect(unfitIn(await rebuild()).map((line) => /\((.*)\)/.exec(line)?.[1])).toEqual([
      'it is not named like a segment',
      `it has the number of ${file}`,
      'it lies elsewhere than it says',
      'it lies elsewhere than it says',
    ]);
    expect(plainRows(workspace.dataDir)).toHaveLength(120);
    await expectSound();
  });

  it('a dictionary that lost its end takes the segments along that need it', async () => {
    await fill();
    const ends = inFolder('dictionaries/test/p.mixed.ends');
    truncateSync(ends, statSync(ends).size - 12); // one value and a half
    const unfit = unfitIn(await rebuild());
    expect(unfit.length).toBeGreaterThan(0);
    expect(unfit[0]).toMatch(/it needs value \d+ of "p.mixed", of which \d+ are left/);
    await expectSound();
    await workspace.addFolder();
    await workspace.sync();
    expect(plainRows(workspace.dataDir)).toHaveLength(120);
    await expectSound();
  });

  it('bytes behind the values of a dictionary are cut off', async () => {
    await fill();
    for (const suffix of ['values', 'ends'])
      writeFileSync(inFolder(`dictionaries/test/user_id.${suffix}`), 'left', { flag: 'a' });
    expect(unfitIn(await rebuild())).toEqual([]);
    await workspace.withStore(() => undefined);
    await expectSound();
  });
});
