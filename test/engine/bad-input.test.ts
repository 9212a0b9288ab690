import {
  chmodSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examine } from '../../main/engine/doctor/examine.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { type DurableFiles, diskFiles } from '../../main/engine/store/durable-files.ts';
import { openStore } from '../../main/engine/store/engine-store.ts';
import { acquireLock } from '../../main/lock.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import { asPlainUser } from '../support/plain-user.ts';
import { type SmallDisk, canMount, putOnSmallDisk } from '../support/small-disk.ts';
import { faultsOf } from '../support/store-check.ts';
import { storedRows, withSnapshot } from '../support/stored-rows.ts';
import { NOW_MS, type TestWorkspace, eventOf, ndjson, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
let dataDir: string;
beforeEach(async () => {
  workspace = testWorkspace();
  dataDir = workspace.dataDir;
  await workspace.addFolder();
  workspace.raw('committed.ndjson', events(0, 200));
  await workspace.sync();
});
afterEach(() => workspace.remove());

const events = (from: number, to: number, fields: object = {}) =>
  Array.from({ length: to - from }, (_, index) => eventOf(from + index, fields));

const rawFile = (name: string): string => path.join(workspace.rawDir, name);

/** Questions through the engine, answered afresh: everything that the store holds takes part. */
async function answers(): Promise<unknown[]> {
  const engine = createQueryEngine({ dataDir, memoryBudgetBytes: 16 << 20, nowMs: () => NOW_MS });
  try {
    const common = { environment: 'test', kind: 'trend', range: { from: '2026-11-01', to: '2026-11-10' } };
    const specs = [
      { ...common, series: [{ event: null, measure: 'events' }], breakdown: { property: 'page_path' } },
      { ...common, series: [{ event: null, measure: 'users' }], breakdown: { property: 'event_type' } },
    ];
    const signal = new AbortController().signal;
    return await Promise.all(specs.map(async (spec) => (await engine.run(spec, { signal })).result));
  } finally {
    engine.close();
  }
}

interface Held {
  rows: unknown[];
  answers: unknown[];
}
const held = async (): Promise<Held> => ({ rows: storedRows(dataDir), answers: await answers() });

const failures = async (): Promise<string[]> =>
  (await examine(dataDir, { signal: new AbortController().signal }))
    .filter(({ status }) => status === 'fail')
    .map(({ name, message }) => `${name}: ${message}`);

/** After the cause is gone: a sync ends well, the store is sound and holds exactly the rows 0 to `rows`. */
async function expectMended(rows: number): Promise<void> {
  expect(await workspace.sync()).toMatchObject({ state: 'idle' });
  expect(faultsOf(dataDir)).toEqual([]);
  expect(await failures()).toEqual([]);
  const ids = storedRows(dataDir).map(({ id }) => Buffer.from(id, 'hex').toString().replace(/\0+$/, ''));
  const expected = Array.from({ length: rows }, (_, n) => `event-${n}`);
  expect(ids.sort()).toEqual(expected.sort());
}

describe('a source that is not as it should be', () => {
  it('missing folder: named; the next sync finds it again', async () => {
    const before = await held();
    rmSync(workspace.rawDir, { recursive: true });
    expect(await workspace.sync()).toMatchObject({
      state: 'failed',
      message: `events: the folder ${workspace.rawDir} does not exist`,
    });
    expect(await held()).toEqual(before);
    workspace.raw('later.ndjson', events(200, 210));
    await expectMended(210);
  });

  it('unreadable file: named; read once its permissions are right, though it did not change', async () => {
    const before = await held();
    const file = workspace.raw('closed.ndjson', events(200, 210));
    const packed = workspace.raw('closed.ndjson.gz', events(210, 220));
    chmodSync(file, 0o000);
    chmodSync(packed, 0o000);
    const root = path.dirname(dataDir);
    expect(await asPlainUser(root, () => workspace.sync())).toMatchObject({
      state: 'failed',
      message: `${file} cannot be read: permission denied; ${packed} cannot be read: permission denied`,
    });
    expect(await held()).toEqual(before);
    chmodSync(file, 0o600);
    chmodSync(packed, 0o600);
    await expectMended(220);
  });

  it('unreadable folder below the source: named; the rest is read', async () => {
    const file = workspace.raw('closed/a.ndjson', events(210, 220));
    workspace.raw('open/a.ndjson', events(200, 210));
    const folder = path.dirname(file);
    chmodSync(folder, 0o000);
    expect(await asPlainUser(path.dirname(dataDir), () => workspace.sync())).toMatchObject({
      state: 'failed',
      message: `${folder} cannot be read`,
      counts: { kept: 10 },
    });
    chmodSync(folder, 0o700);
    await expectMended(220);
  });

  it('a link that leads nowhere: named, not passed over in silence', async () => {
    const before = await held();
    const link = rawFile('link.ndjson');
    symlinkSync(path.join(workspace.rawDir, '../gone.ndjson'), link);
    expect(await workspace.sync()).toMatchObject({ state: 'failed', message: `${link} cannot be read` });
    expect(await held()).toEqual(before);
    writeFileSync(path.join(workspace.rawDir, '../gone.ndjson'), ndjson(events(200, 210)));
    await expectMended(210);
  });

  it('truncated gzip: named; the rows before the cut stay, the whole file counts each once', async () => {
    const before = await held();
    const whole = gzipSync(ndjson(events(200, 2000)));
    const file = rawFile('cut.ndjson.gz');
    writeFileSync(file, whole.subarray(0, whole.length / 2));
    const { state, message, counts } = await workspace.sync();
    expect({ state, message }).toEqual({
      state: 'failed',
      message: `${file} is cut short: the compressed data ends too early`,
    });
    expect(counts.kept).toBeGreaterThan(0);
    expect(storedRows(dataDir)).toEqual(expect.arrayContaining(before.rows));
    writeFileSync(file, whole);
    await expectMended(2000);
  });

  it('a file that is not what its name says: named', async () => {
    const before = await held();
    const file = rawFile('no.ndjson.gz');
    writeFileSync(file, ndjson(events(200, 210)));
    expect(await workspace.sync()).toMatchObject({
      state: 'failed',
      message: `${file} is not valid compressed data`,
    });
    expect(await held()).toEqual(before);
    writeFileSync(file, gzipSync(ndjson(events(200, 210))));
    await expectMended(210);
  });

  it.each(['empty.ndjson', 'empty.ndjson.gz', 'empty.csv'])(
    'empty file %s: named, no failure',
    async (name) => {
      const before = await held();
      writeFileSync(rawFile(name), '');
      expect(await workspace.sync()).toMatchObject({ state: 'idle', message: `${rawFile(name)} is empty` });
      expect(await held()).toEqual(before);
      rmSync(rawFile(name));
      workspace.raw('filled.ndjson', events(200, 210));
      await expectMended(210);
    },
  );
});

describe('rows that cannot be events', () => {
  const WHOLE = 8 * 1024 * 1024;
  const text = (n: number, fields: object = {}): string => JSON.stringify(eventOf(n, fields));
  const cases: [name: string, line: string, reason: string, field: string | null][] = [
    ['a line over the limit', `{"note":"${'x'.repeat(WHOLE)}"}`, 'line-too-long', null],
    ['wrong JSON', '{"event_id": "event-200", ', 'bad-json', null],
    ['JSON of another kind', '[1, 2]', 'not-an-object', null],
    ['a required field missing', text(200, { ts: undefined }), 'missing', 'ts'],
    ['an id missing', text(200, { event_id: undefined }), 'missing', 'event_id'],
    ['a wrong type', text(200, { event_type: { of: 'object' } }), 'wrong-type', 'event_type'],
    ['a time that is none', text(200, { ts: 'yesterday' }), 'bad-time', 'ts'],
    [
      'a clock in the future',
      text(200, { ts: new Date(NOW_MS + 25 * 3_600_000).toISOString() }),
      'in-future',
      'ts',
    ],
  ];

  it.each(cases)('%s: in quarantine by file, line and reason; its neighbours are kept', async (...one) => {
    const [, line, reason, field] = one;
    const before = await held();
    const rows = [text(201), line, text(202), ''].join('\n');
    const file = workspace.raw('rows.ndjson', rows);
    const { state, counts } = await workspace.sync();
    expect({ state, ...counts }).toMatchObject({ state: 'idle', read: 3, kept: 2, quarantined: 1 });
    expect(quarantine()).toEqual([{ key: 'rows.ndjson', position: 2, reason, field }]);
    expect(storedRows(dataDir)).toEqual(expect.arrayContaining(before.rows));
    expect(storedRows(dataDir)).toHaveLength(before.rows.length + 2);
    writeFileSync(file, [text(201), text(200), text(202), ''].join('\n'));
    await expectMended(203);
  });

  it('a declared schema: a required property missing or of another type', async () => {
    const other = testWorkspace();
    try {
      await other.addFolder({ schema: 'product' });
      const practice = { practice_id: 'p', practice_session_id: 's' };
      const type = { event_type: 'session_completed' };
      other.raw('rows.ndjson', [
        eventOf(1, { ...type, properties: { ...practice, duration_seconds: 60 } }),
        eventOf(2, { ...type, properties: { practice_id: 'p', duration_seconds: 60 } }),
        eventOf(3, { ...type, properties: { ...practice, duration_seconds: 'long' } }),
      ]);
      const { counts } = await other.sync();
      dataDir = other.dataDir;
      expect(quarantine()).toEqual([
        { key: 'rows.ndjson', position: 2, reason: 'missing', field: 'practice_session_id' },
        { key: 'rows.ndjson', position: 3, reason: 'wrong-type', field: 'duration_seconds' },
      ]);
      expect(counts).toMatchObject({ read: 3, kept: 1, quarantined: 2 });
    } finally {
      other.remove();
    }
  });
});

describe('a data folder that cannot be written', () => {
  const full = (): never => {
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  const stubs: [name: string, files: DurableFiles][] = [
    ['segments', { ...diskFiles, write: () => Promise.resolve().then(full) }],
    ['dictionaries', { ...diskFiles, writeAt: full }],
    ['names', { ...diskFiles, rename: full }],
    ['folders', { ...diskFiles, syncFolder: full }],
  ];

  it.each(stubs)('full disk while writing %s: named, nothing committed is lost', async (_name, files) => {
    const before = await held();
    workspace.raw('more.ndjson', events(200, 260, { locale: 'nb-NO' }));
    await expect(workspace.sync({}, { files })).rejects.toMatchObject({
      code: 'disk-full',
      message: `no room left to write in ${dataDir}; nothing committed was lost`,
    });
    expect(await held()).toEqual(before);
    await expectMended(260);
  });

  if (canMount) {
    let disk: SmallDisk;
    beforeEach(() => {
      disk = putOnSmallDisk(dataDir, 6 << 20);
    });
    afterEach(() => disk.remove());

    it.each([0, 16, 48, 64, 96, 128, 160, 224, 288, 352])('full disk, %d KiB left: named', async (kib) => {
      const before = await held();
      workspace.raw('more.ndjson', manyPages(200, 6200));
      disk.fill(kib << 10);
      await expect(workspace.sync()).rejects.toMatchObject({
        code: 'disk-full',
        message: `no room left to write in ${dataDir}; nothing committed was lost`,
      });
      expect(await held()).toEqual(before);
      disk.empty();
      await expectMended(6200);
    });

    it('a disk mounted read-only: named; questions are answered', async () => {
      const before = await held();
      workspace.raw('more.ndjson', events(200, 210));
      disk.makeReadOnly();
      await expectReadOnly(before);
      expect(await failures()).toEqual([
        `permissions: ${dataDir} cannot be written by this user: questions are answered, nothing can be synced; give write permission`,
      ]);
      disk.makeWritable();
      await expectMended(210);
    });
  }

  it('read-only folder: named; questions are answered', async () => {
    const before = await held();
    workspace.raw('more.ndjson', events(200, 210));
    await asPlainUser(path.dirname(dataDir), async () => {
      setModes(dataDir, 0o555, 0o444);
      await expectReadOnly(before);
    });
    setModes(dataDir, 0o700, 0o600);
    await expectMended(210);
  });

  async function expectReadOnly(before: Held): Promise<void> {
    const message = expect.stringContaining(dataDir) as string;
    await expect(workspace.sync()).rejects.toMatchObject({ code: 'not-writable', message });
    expect(() => acquireLock(dataDir, 'command')).toThrow(
      expect.objectContaining({ code: 'not-writable', message: `${dataDir} cannot be written` }),
    );
    expect(await held()).toEqual(before);
  }
});

describe('a second instance on the same folder', () => {
  it('is told who holds it; questions and doctor go on', async () => {
    const before = await held();
    const lock = acquireLock(dataDir, 'server');
    lock.setAddress('http://127.0.0.1:4173');
    try {
      expect(() => acquireLock(dataDir, 'command')).toThrow(
        expect.objectContaining({
          code: 'locked',
          message: `${dataDir} is open in process ${process.pid} (the server host at http://127.0.0.1:4173)`,
        }),
      );
      expect(await held()).toEqual(before);
      expect(await failures()).toEqual([]);
    } finally {
      lock.release();
    }
    acquireLock(dataDir, 'command').release();
  });

  it('cannot write even where the lock file is gone', async () => {
    const before = await held();
    workspace.raw('more.ndjson', events(200, 210));
    await workspace.withStore(async () => {
      expect(() => openStore(dataDir)).toThrow(
        expect.objectContaining({ code: 'locked', message: `another process is writing to ${dataDir}` }),
      );
      expect(await held()).toEqual(before);
    });
    await expectMended(210);
  });
});

describe('a damaged store', () => {
  it('a segment with one byte changed, at any place: doctor names it, questions refuse it', async () => {
    const before = await held();
    const file = segmentFile();
    const whole = readFileSync(path.join(dataDir, file));
    for (let at = 8; at < whole.length; at += 997) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      writeFileSync(path.join(dataDir, file), bytes);
      expect(await failures()).toEqual([expect.stringMatching(/^segments: .*does not match its checksum/)]);
      expect((await failures())[0]).toContain(`${file} `);
      await expect(answers()).rejects.toMatchObject({
        code: 'corrupt',
        message: `${file} is damaged: it does not match its checksum; doctor says what to do`,
      });
    }
    writeFileSync(path.join(dataDir, file), whole);
    expect(await held()).toEqual(before);
    workspace.raw('more.ndjson', events(200, 210));
    await expectMended(210);
  });

  it('a large segment is held to the checksums of its columns', async () => {
    const day = Date.UTC(2026, 10, 1);
    const sameDay = events(200, 20_000).map((event, index) => ({ ...event, ts: day + index * 1000 }));
    workspace.raw('more.ndjson', sameDay);
    await workspace.sync();
    const file = segmentFile();
    const whole = readFileSync(path.join(dataDir, file));
    const column = segments()
      .find((segment) => segment.file === file)
      ?.columns.find(({ name }) => name === 'p.page_path');
    const bytes = Buffer.from(whole);
    const at = column?.offset ?? 0;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path.join(dataDir, file), bytes);
    await expect(answers()).rejects.toMatchObject({
      code: 'corrupt',
      message: `${file} is damaged: the column "p.page_path" does not match its checksum; doctor says what to do`,
    });
    writeFileSync(path.join(dataDir, file), whole);
    await expectMended(20_000);
  });

  it('a segment cut short or gone: doctor and questions name it', async () => {
    const before = await held();
    const file = segmentFile();
    const absolute = path.join(dataDir, file);
    const whole = readFileSync(absolute);
    truncateSync(absolute, 100);
    expect(await failures()).toEqual([
      expect.stringContaining(`${file} has 100 bytes, not ${whole.length};`),
    ]);
    await expect(answers()).rejects.toMatchObject({
      code: 'corrupt',
      message: `${file} has 100 bytes, not ${whole.length}; doctor says what to do`,
    });
    rmSync(absolute);
    expect(await failures()).toEqual([expect.stringContaining(`${file} is missing;`)]);
    await expect(answers()).rejects.toMatchObject({
      code: 'corrupt',
      message: `${file} is missing; doctor says what to do`,
    });
    writeFileSync(absolute, whole);
    expect(await held()).toEqual(before);
    await expectMended(200);
  });

  it('a catalogue whose header is overwritten: named by sync, question and doctor', async () => {
    const before = await held();
    const catalogue = path.join(dataDir, 'catalogue.sqlite');
    const whole = readFileSync(catalogue);
    writeFileSync(catalogue, Buffer.concat([Buffer.alloc(100, 0xa5), whole.subarray(100)]));
    const damaged = {
      code: 'corrupt',
      message: `the catalogue ${catalogue} is damaged; run "tidemark doctor"`,
    };
    await expect(workspace.sync()).rejects.toMatchObject(damaged);
    await expect(answers()).rejects.toMatchObject(damaged);
    expect(await failures()).toEqual([
      `catalogue: the catalogue ${catalogue} is damaged, so nothing in it can be compared; restore it from a backup, ` +
        'or run "tidemark doctor --rebuild": it makes the catalogue anew from the stored files',
    ]);
    writeFileSync(catalogue, whole);
    expect(await held()).toEqual(before);
    await expectMended(200);
  });

  it('a catalogue with any page overwritten: doctor fails and names it', async () => {
    const catalogue = path.join(dataDir, 'catalogue.sqlite');
    const whole = readFileSync(catalogue);
    const pageBytes = whole.readUInt16BE(16);
    const unnoticed: number[] = [];
    for (let at = pageBytes; at < whole.length; at += pageBytes) {
      writeFileSync(catalogue, Buffer.from(whole).fill(0xa5, at, at + pageBytes));
      const [first] = await failures();
      if (
        first?.includes(`the catalogue ${catalogue}`) !== true &&
        first?.includes(`${catalogue}: `) !== true
      )
        unnoticed.push(at / pageBytes + 1);
    }
    expect(unnoticed).toEqual([]);
    writeFileSync(catalogue, whole);
    await expectMended(200);
  });

  it.each(['gone', 'empty'])(
    'a catalogue that is %s: no new workspace is made over the stored events',
    async (how) => {
      const before = await held();
      const catalogue = path.join(dataDir, 'catalogue.sqlite');
      const whole = readFileSync(catalogue);
      if (how === 'gone') rmSync(catalogue);
      else truncateSync(catalogue, 0);
      expect(() => createWorkspace(dataDir, { name: 'Other', zone: 'UTC' })).toThrow(
        expect.objectContaining({
          code: 'corrupt',
          message: `${dataDir} holds stored events, but ${catalogue} is missing or empty; run "tidemark doctor --rebuild", restore it from a backup, or choose another folder`,
        }),
      );
      for (const name of ['', '-wal', '-shm']) rmSync(`${catalogue}${name}`, { force: true });
      writeFileSync(catalogue, whole);
      expect(await held()).toEqual(before);
      await expectMended(200);
    },
  );

  it.each(['values', 'ends'])(
    'a dictionary whose %s are cut short: named, and nothing is written over it',
    async (part) => {
      const before = await held();
      const file = `dictionaries/test/p.page_path.${part}`;
      const absolute = path.join(dataDir, file);
      const whole = readFileSync(absolute);
      truncateSync(absolute, whole.length - 5);
      expect(await failures()).toEqual([
        `dictionaries: ${file} is 5 bytes shorter than committed; restore it from a backup, or sync into a fresh data folder`,
      ]);
      await expect(workspace.sync()).rejects.toMatchObject({
        code: 'corrupt',
        message: `the dictionary ${file} is 5 bytes shorter than committed`,
      });
      await expect(answers()).rejects.toMatchObject({
        code: 'corrupt',
        message: `the dictionary ${file} is damaged: a stored file ends 5 bytes too early; doctor says what to do`,
      });
      writeFileSync(absolute, whole);
      expect(await held()).toEqual(before);
      await expectMended(200);
    },
  );
});

const manyPages = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) =>
    eventOf(from + index, { properties: { page_path: `/a/page/with/a/long/name/${from + index}` } }),
  );

const segments = () =>
  withSnapshot(dataDir, (snapshot) =>
    snapshot.segments({ environment: 'test', dataset: 'events', fromMs: null, toMs: null }),
  );

/** The largest of the stored files. */
function segmentFile(): string {
  const [largest] = segments().sort((a, b) => b.sizeBytes - a.sizeBytes);
  return largest?.file ?? '';
}

function quarantine(): unknown[] {
  const engine = openStore(dataDir, { now: () => NOW_MS });
  try {
    return engine.db
      .prepare(
        `SELECT key, position, quarantine.reason, field FROM quarantine JOIN ledger USING (object_id)
         ORDER BY object_id, position`,
      )
      .all();
  } finally {
    engine.close();
  }
}

function setModes(folder: string, folderMode: number, fileMode: number): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const name = path.join(folder, entry.name);
    if (entry.isDirectory()) setModes(name, folderMode, fileMode);
    else chmodSync(name, fileMode);
  }
  chmodSync(folder, folderMode);
}
