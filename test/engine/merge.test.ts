import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examine } from '../../main/engine/doctor/examine.ts';
import { diskFiles } from '../../main/engine/store/durable-files.ts';
import type { StoreOptions } from '../../main/engine/store/engine-store.ts';
import {
  type MergeOptions,
  type MergeOutcome,
  mergeDeltas,
} from '../../main/engine/store/merge/merge-deltas.ts';
import { MERGE_LIMITS } from '../../main/engine/store/merge/plan-merge.ts';
import type { SegmentRow } from '../../main/format/types.ts';
import { plainRows } from '../support/plain-rows.ts';
import { disorderOf, faultsOf } from '../support/store-check.ts';
import { withSnapshot } from '../support/stored-rows.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const FIRST_MS = Date.UTC(2026, 10, 1);

let workspace: TestWorkspace;
let files = 0;
beforeEach(async () => {
  files = 0;
  workspace = testWorkspace('memory');
  await workspace.addFolder();
});
afterEach(() => workspace.remove());

const merge = (options: MergeOptions = {}, storeOptions: StoreOptions = {}): Promise<MergeOutcome> =>
  workspace.withStore((store) => mergeDeltas(store, options), storeOptions);

/** Brings rows in as a file of their own, in a sync of its own. */
async function arrive(rows: readonly object[]): Promise<void> {
  workspace.raw(`${String(files++).padStart(4, '0')}.ndjson`, rows);
  await workspace.sync();
}

const segments = (): SegmentRow[] =>
  withSnapshot(workspace.dataDir, (snapshot) =>
    snapshot.segments({ environment: 'test', dataset: 'events', fromMs: null, toMs: null }),
  );

const shapes = () =>
  segments()
    .map(({ day, eventType, eventRows, columns }) => ({
      day,
      eventType,
      eventRows,
      columns: columns.map(({ name, kind, element }) => `${name} ${kind} ${element}`),
    }))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));

/** `count` events of one day, from number `from` on, spread over its hours and over 40 users. */
const eventsOfDay = (
  day: number,
  from: number,
  count: number,
  fields: object = {},
): Record<string, unknown>[] =>
  Array.from({ length: count }, (_, index) =>
    eventOf(from + index, {
      ts: FIRST_MS + day * DAY_MS + (((from + index) * 7_919_003) % DAY_MS),
      user_id: `usr_${(from + index) % 40}`,
      ...fields,
    }),
  );

/** Many rows of a user are then of one instant. */
const atTenMinutes = (event: Record<string, unknown>): object => ({
  ...event,
  ts: Number(event['ts']) - (Number(event['ts']) % 600_000),
});

async function expectSound(): Promise<void> {
  expect(faultsOf(workspace.dataDir).filter((fault) => !fault.startsWith('orphan segments'))).toEqual([]);
  expect(disorderOf(workspace.dataDir)).toEqual([]);
  const checks = await examine(workspace.dataDir, { signal: new AbortController().signal });
  expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
}

/** Merges and expects that nothing else changed. */
async function mergeAndCompare(options: MergeOptions = {}): Promise<MergeOutcome> {
  const before = plainRows(workspace.dataDir);
  const outcome = await merge(options);
  expect(plainRows(workspace.dataDir)).toEqual(before);
  await expectSound();
  return outcome;
}

describe('small segments of a day', () => {
  it('stay while they hold a tenth of its rows in eight files at most', async () => {
    await arrive(eventsOfDay(0, 0, 1000));
    for (let file = 0; file < 8; file++) await arrive(eventsOfDay(0, 1000 + file * 10, 10));
    expect(await mergeAndCompare()).toMatchObject({ commits: 0, isComplete: true });
    expect(segments()).toHaveLength(9);
  });

  it('are merged from the ninth file on', async () => {
    await arrive(eventsOfDay(0, 0, 1000));
    for (let file = 0; file < 9; file++) await arrive(eventsOfDay(0, 1000 + file * 10, 10));
    expect(await mergeAndCompare()).toMatchObject({ commits: 1, filesBefore: 10, filesAfter: 1 });
    expect(segments()).toMatchObject([{ rows: 1090, eventType: 'page_view' }]);
  });

  it('are merged when they hold more than a tenth of its rows', async () => {
    await arrive(eventsOfDay(0, 0, 1000));
    await arrive(eventsOfDay(0, 1000, 112));
    await arrive(eventsOfDay(1, 2000, 50));
    expect(await mergeAndCompare()).toMatchObject({ commits: 1, filesBefore: 2, filesAfter: 1 });
    expect(segments()).toHaveLength(2);
    expect(await mergeAndCompare()).toMatchObject({ commits: 0 });
  });

  it('become one revision per day, and readers of the old one keep their files', async () => {
    for (const day of [0, 1, 2])
      await arrive([...eventsOfDay(day, day * 10, 5), ...eventsOfDay(9, 500 + day, 1)]);
    for (const day of [0, 1, 2]) await arrive(eventsOfDay(day, 100 + day * 10, 5));
    const revisionOf = () => withSnapshot(workspace.dataDir, ({ revision }) => revision);
    const before = revisionOf();
    const old = segments().map(({ file }) => file);
    const seen: number[] = [];
    expect(await merge({}, { onRevision: (revision) => seen.push(revision) })).toMatchObject({ commits: 4 });
    expect(revisionOf()).toBe(before + 4);
    expect(seen).toEqual([before + 4]); // told once: no answer changes
    for (const file of old) expect(() => readFileSync(path.join(workspace.dataDir, file))).not.toThrow();
  });

  it('give an event type its own file once it has 4096 rows, and are then as if they had come at once', async () => {
    const type = (event_type: string) => ({ event_type });
    const rows = [
      ...eventsOfDay(0, 0, 5000),
      ...eventsOfDay(0, 5000, 4096, type('search')),
      ...eventsOfDay(0, 10_000, 4095, { event_type: 'share', properties: { channel: 'mail', size: 0.5 } }),
      ...eventsOfDay(0, 15_000, 30, { event_type: 'sign_up', received_at: undefined, properties: {} }),
    ];
    for (let part = 0; part < 4; part++) await arrive(rows.filter((_, index) => index % 4 === part));
    expect(segments().map(({ eventType }) => eventType)).toEqual([null, null, null, null]);
    expect(await mergeAndCompare()).toMatchObject({ commits: 1, filesBefore: 4, filesAfter: 3 });
    const merged = shapes();
    expect(merged.map(({ eventType }) => eventType)).toEqual(
      expect.arrayContaining(['page_view', 'search', null]),
    );

    workspace.remove();
    workspace = testWorkspace('memory');
    await workspace.addFolder();
    await arrive(rows);
    expect(shapes()).toEqual(merged);
  });

  it('leave a large file alone that their rows of its type are few for', async () => {
    await arrive([...eventsOfDay(0, 0, 5000), ...eventsOfDay(0, 6000, 100, { event_type: 'search' })]);
    const [large] = segments().filter(({ eventType }) => eventType === 'page_view');
    await arrive([...eventsOfDay(0, 7000, 20), ...eventsOfDay(0, 8000, 100, { event_type: 'search' })]);
    expect(await mergeAndCompare()).toMatchObject({ commits: 1, filesBefore: 2, filesAfter: 1 });
    expect(segments().map(({ segmentId }) => segmentId)).toContain(large!.segmentId);
    expect(segments().map(({ eventRows }) => eventRows)).toEqual(
      expect.arrayContaining([{ page_view: 5000 }, { page_view: 20, search: 200 }]),
    );
  });

  it('are merged in several commits where there are very many', async () => {
    for (let file = 0; file < 7; file++) await arrive(eventsOfDay(0, file * 10, 10));
    const limits = { ...MERGE_LIMITS, filesAtOnce: 3 };
    expect(await mergeAndCompare({ limits })).toMatchObject({ commits: 3, filesBefore: 9, filesAfter: 3 });
    expect(segments()).toHaveLength(1);
  });

  it('are merged across blocks of any size, in the same order as rows that came at once', async () => {
    const rows = [
      ...eventsOfDay(0, 0, 90_000, { properties: { n: 1, page_path: '/a' } }),
      ...eventsOfDay(0, 90_000, 60_000, {
        user_id: undefined,
        received_at: undefined,
        properties: { n: 0.1 },
      }),
    ];
    const half = (part: number) => rows.filter((_, index) => index % 2 === part).map(atTenMinutes);
    await arrive(half(0));
    await arrive(half(1));
    expect(await merge()).toMatchObject({ commits: 1, filesBefore: 2, filesAfter: 1 });
    const [merged] = segments();

    workspace.remove();
    workspace = testWorkspace('memory');
    await workspace.addFolder();
    workspace.raw('0000.ndjson', half(0));
    workspace.raw('0001.ndjson', half(1));
    await workspace.sync(); // the same objects and codes, in one segment
    const [whole] = segments();
    expect(merged!.columns.map(({ name, crc32 }) => [name, crc32])).toEqual(
      whole!.columns.map(({ name, crc32 }) => [name, crc32]),
    );
    expect(merged!.shardStarts).toEqual(whole!.shardStarts);
  });
});

describe('a property that is of several types', () => {
  it('is kept as both when a merge brings its types together', async () => {
    const values = [5, 'five', true, 5.25, ['b', 'a'], '5', false, null, -1];
    for (const [index, value] of values.entries())
      await arrive(eventsOfDay(0, index * 10, 3, { properties: { mixed: value } }));
    const rowsOf = () =>
      plainRows(workspace.dataDir)
        .map((row) => row['p.mixed'])
        .filter((value) => value !== undefined);
    const before = rowsOf();
    expect(await mergeAndCompare()).toMatchObject({ commits: 1, filesAfter: 1 });
    expect(rowsOf()).toEqual(before);
    const columns = segments()[0]!.columns.map(({ name, kind }) => `${name} ${kind}`);
    expect(columns).toEqual(expect.arrayContaining(['p.mixed code', 'n.mixed number']));
  });

  it('is merged as plain numbers or booleans where it is nothing else', async () => {
    await arrive(eventsOfDay(0, 0, 3, { properties: { size: 5, on: true } }));
    await arrive(eventsOfDay(0, 10, 3, { properties: { size: 0.1, on: false } }));
    await arrive(eventsOfDay(0, 20, 3, { properties: {} }));
    await mergeAndCompare();
    const columns = segments()[0]!.columns.map(({ name, kind, element }) => `${name} ${kind} ${element}`);
    expect(columns).toEqual(expect.arrayContaining(['p.size number float64', 'p.on boolean uint8']));
  });
});

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));

const value = fc.oneof(
  { withCrossShrink: true },
  fc.integer({ min: -3, max: 300 }),
  fc.constantFrom(0.5, 0.1, 70_000, 2 ** 31, '', 'a', '5', '0.5', 'true', true, false, null),
  fc.constantFrom(['x'], ['x', 'y']),
);

const anyEvent = fc.record({
  event_type: fc.constantFrom('page_view', 'search', 'share', '__proto__', '$pageview', 'a/b', '..'),
  ts: fc.integer({ min: 0, max: 3 * DAY_MS - 1 }).map((ms) => FIRST_MS + ms),
  received_at: fc.option(
    fc.integer({ min: 0, max: 5 * DAY_MS }).map((ms) => FIRST_MS + ms),
    { nil: undefined },
  ),
  user_id: fc.option(
    fc.integer({ min: 0, max: 5 }).map((n) => `usr_${n}`),
    { nil: undefined },
  ),
  session_id: fc.option(fc.constantFrom('s1', 's2'), { nil: undefined }),
  locale: fc.option(fc.constantFrom('nb-NO', 'en'), { nil: undefined }),
  properties: fc.dictionary(fc.constantFrom('mixed', 'n', '__proto__', 'constructor', 'æ/ø', 'state'), value),
});

describe('any events in any batches', () => {
  it(
    `are the same rows after merges under any limits, seed ${seed}`,
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(anyEvent, { minLength: 1, maxLength: 12 }), { minLength: 2, maxLength: 6 }),
          fc.integer({ min: 1, max: 6 }),
          async (batches, ownFileRows) => {
            workspace.remove();
            workspace = testWorkspace('memory');
            await workspace.addFolder();
            const limits = { ...MERGE_LIMITS, ownFileRows };
            for (const [batch, events] of batches.entries()) {
              await arrive(events.map((event, index) => ({ event_id: `e${batch}-${index}`, ...event })));
              if (batch === 2) await merge({ limits });
            }
            await mergeAndCompare({ limits });
            expect(await merge({ limits })).toMatchObject({ commits: 0, faults: [] });
          },
        ),
        { seed, numRuns: IS_DEEP ? 2000 : 12 },
      );
    },
    IS_DEEP ? 3_600_000 : 60_000,
  );
});

describe('the door and the sweep', () => {
  it('know ids in merged segments, near and far', async () => {
    await arrive(eventsOfDay(0, 0, 20));
    await arrive(eventsOfDay(0, 20, 20));
    await arrive(eventsOfDay(15, 100, 20));
    await arrive(eventsOfDay(15, 120, 20));
    expect(await mergeAndCompare()).toMatchObject({ commits: 2 });
    await arrive([
      ...eventsOfDay(1, 5, 1),
      ...eventsOfDay(15, 30, 2),
      ...eventsOfDay(5, 110, 3),
      ...eventsOfDay(5, 300, 1),
    ]);
    const rows = plainRows(workspace.dataDir);
    expect(rows).toHaveLength(81);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(81);
    await expectSound();
  });

  it('take rows out of merged segments', async () => {
    const all = eventsOfDay(3, 0, 60);
    await arrive(all.slice(0, 30));
    await arrive(all.slice(30));
    expect(await mergeAndCompare()).toMatchObject({ commits: 1 });
    // as if nothing had been swept, and copies far away had come before
    await workspace.withStore(({ db }) => {
      db.prepare('DELETE FROM sweeps').run();
      db.prepare('UPDATE segments SET arrival_revision = 1000 WHERE dead_revision IS NULL').run();
    });
    await arrive(eventsOfDay(15, 10, 5));
    expect(plainRows(workspace.dataDir)).toHaveLength(60);
    await expectSound();
  });

  it('see rows before they are merged: who came first still matters for those it has not seen', async () => {
    await arrive(eventsOfDay(0, 0, 10));
    await arrive(eventsOfDay(0, 10, 10));
    await workspace.withStore((store) => store.db.prepare('DELETE FROM sweeps').run());
    expect(await merge()).toMatchObject({ commits: 0, isComplete: true });
    await workspace.sync();
    expect(await merge()).toMatchObject({ commits: 1 });
  });
});

describe('a merge', () => {
  const threeDays = async (): Promise<void> => {
    for (let part = 0; part < 3; part++)
      await arrive([0, 1, 2].flatMap((day) => eventsOfDay(day, day * 100 + part * 10, 10)));
  };

  it('tells its progress, stops between days when asked and goes on the next time', async () => {
    await threeDays();
    const before = plainRows(workspace.dataDir);
    const stop = new AbortController();
    const seen: string[] = [];
    const stopped = await merge({
      signal: stop.signal,
      onProgress({ daysDone, daysTotal }) {
        seen.push(`${daysDone} of ${daysTotal}`);
        if (daysDone === 1) stop.abort();
      },
    });
    expect(seen).toEqual(['0 of 3', '1 of 3']);
    expect(stopped).toMatchObject({ commits: 1, isComplete: false });
    expect(plainRows(workspace.dataDir)).toEqual(before);
    expect(await mergeAndCompare()).toMatchObject({ commits: 2, isComplete: true });
    expect(segments()).toHaveLength(3);
  });

  it('stops within a day, too', async () => {
    await threeDays();
    const stop = new AbortController();
    const outcome = await merge(
      { signal: stop.signal },
      { onStep: (step) => (step === 'before-segment-write' ? stop.abort() : undefined) },
    );
    expect(outcome).toMatchObject({ commits: 0, isComplete: false });
    expect(existsSync(path.join(workspace.dataDir, 'tmp'))).toBe(false);
    expect(await mergeAndCompare()).toMatchObject({ commits: 3 });
  });

  it('does not run beside a sync', async () => {
    await threeDays();
    await workspace.withStore(async (store) => {
      const running = mergeDeltas(store);
      await expect(mergeDeltas(store)).rejects.toMatchObject({ code: 'conflict' });
      expect(await running).toMatchObject({ commits: 3 });
    });
  });

  it.each(['create', 'rename', 'syncFolder'] as const)(
    'that finds the disk full at "%s" says so and changes nothing',
    async (what) => {
      await threeDays();
      const before = plainRows(workspace.dataDir);
      const full = (): never => {
        throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
      };
      await expect(merge({}, { files: { ...diskFiles, [what]: full } })).rejects.toMatchObject({
        code: 'disk-full',
        message: `no room left to write in ${workspace.dataDir}; nothing committed was lost`,
      });
      expect(plainRows(workspace.dataDir)).toEqual(before);
      await expectSound();
      expect(await mergeAndCompare()).toMatchObject({ commits: 3 });
    },
  );

  it('that finds the disk full while it writes a file says so and changes nothing', async () => {
    await threeDays();
    const files = {
      ...diskFiles,
      create(file: string) {
        const open = diskFiles.create(file);
        let pieces = 0;
        return {
          ...open,
          write(bytes: Uint8Array) {
            if (++pieces === 5) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
            open.write(bytes);
          },
        };
      },
    };
    await expect(merge({}, { files })).rejects.toMatchObject({ code: 'disk-full' });
    await expectSound();
    expect(await mergeAndCompare()).toMatchObject({ commits: 3 });
  });

  it('leaves a day with a damaged segment as it is, names it and merges the others', async () => {
    await threeDays();
    const [damaged, , , gone] = segments();
    const file = path.join(workspace.dataDir, damaged!.file);
    const bytes = readFileSync(file);
    const { offset } = damaged!.columns.find(({ name }) => name === 'p.page_path')!;
    bytes[offset]! ^= 1;
    writeFileSync(file, bytes);
    rmSync(path.join(workspace.dataDir, gone!.file));
    const outcome = await merge();
    expect(outcome).toMatchObject({ commits: 1, isComplete: true });
    expect(outcome.faults).toEqual([
      `test, ${damaged!.day}: the stored segment ${damaged!.file} is damaged: the column "p.page_path" does not match its checksum`,
      `test, ${gone!.day}: the stored segment ${gone!.file} cannot be opened`,
    ]);
    expect(segments().map(({ segmentId }) => segmentId)).toEqual(
      expect.arrayContaining([damaged!.segmentId, gone!.segmentId]),
    );
  });
});
