import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EngineService, openEngine } from '../../main/engine/engine-service.ts';
import { diskFiles } from '../../main/engine/store/durable-files.ts';
import { createUpkeep } from '../../main/engine/store/merge/upkeep.ts';
import { plainRows } from '../support/plain-rows.ts';
import { withSnapshot } from '../support/stored-rows.ts';
import { type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = testWorkspace('memory');
  await workspace.addFolder();
});
afterEach(() => workspace.remove());

const DAYS = 6;

/** Files of one event per day each: every file after the first makes each day worth merging. */
const addFile = (file: number): string =>
  workspace.raw(
    `${file}.ndjson`,
    Array.from({ length: DAYS }, (_, day) =>
      eventOf(file * 100 + day, { ts: Date.UTC(2026, 10, 1 + day) + file }),
    ),
  );

const files = (): number =>
  withSnapshot(
    workspace.dataDir,
    (snapshot) =>
      snapshot.segments({ environment: 'test', dataset: 'events', fromMs: null, toMs: null }).length,
  );

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; !isSo() && tries < 2000; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  expect(isSo()).toBe(true);
}

describe('the engine', () => {
  const faults: string[] = [];
  const open = (): Promise<EngineService> =>
    openEngine(workspace.dataDir, {
      onRevision: () => undefined,
      onSyncState: () => undefined,
      onCohort: () => undefined,
      onUpkeepFault: (message) => faults.push(message),
    });
  const sync = ({ handlers }: EngineService) =>
    Promise.resolve(
      handlers['command.sync.run']({ sourceName: null }, {
        signal: new AbortController().signal,
        progress: () => undefined,
      } as never),
    );

  it('merges after a sync, and a sync that comes meanwhile goes first', async () => {
    const engine = await open();
    addFile(0);
    await sync(engine);
    expect(files()).toBe(DAYS);
    for (let file = 1; file < 6; file++) {
      addFile(file);
      expect(await sync(engine)).toMatchObject({ state: 'idle' });
      expect(plainRows(workspace.dataDir)).toHaveLength((file + 1) * DAYS); // read by it or by a run that was due
    }
    await until(() => files() === DAYS);
    expect(plainRows(workspace.dataDir)).toHaveLength(6 * DAYS);
    await engine.close();
    expect(faults).toEqual([]);
  });

  it('can be closed while it merges, and goes on after the next sync', async () => {
    const engine = await open();
    for (let file = 0; file < 2; file++) {
      addFile(file);
      await sync(engine);
    }
    await engine.close();
    const left = files();
    expect(left).toBeGreaterThan(DAYS);
    const next = await open();
    addFile(2);
    await sync(next);
    await until(() => files() === DAYS);
    await next.close();
    expect(plainRows(workspace.dataDir)).toHaveLength(3 * DAYS);
  });
});

describe('upkeep', () => {
  it('tells what it does, stops when asked to and goes on when started again', async () => {
    for (let file = 0; file < 2; file++) {
      addFile(file);
      await workspace.sync();
    }
    await workspace.withStore(async (store) => {
      const seen: (string | null)[] = [];
      const pausing: Promise<void>[] = [];
      const upkeep = createUpkeep(store, {
        onProgress: (next) => {
          seen.push(next === null ? null : `${next.daysDone} of ${next.daysTotal}`);
          if (next?.daysDone === 2 && pausing.length === 0) pausing.push(upkeep.pause());
        },
      });
      upkeep.start();
      upkeep.start(); // once is enough
      await until(() => pausing.length > 0);
      await Promise.all(pausing);
      expect(files()).toBeGreaterThan(DAYS); // not all is merged
      expect(upkeep.progress()).toBeNull();
      expect(seen.slice(0, 2)).toEqual([`0 of ${DAYS}`, `1 of ${DAYS}`]);
      expect(seen.at(-1)).toBeNull();
      upkeep.start();
      await until(() => files() === DAYS && upkeep.progress() === null);
      await upkeep.pause();
      await upkeep.pause();
    });
  });

  it('says why it ended where the disk refuses', async () => {
    for (let file = 0; file < 2; file++) {
      addFile(file);
      await workspace.sync();
    }
    const faults: string[] = [];
    const full = (): never => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    };
    await workspace.withStore(
      async (store) => {
        const upkeep = createUpkeep(store, { onFault: (message) => faults.push(message) });
        upkeep.start();
        await until(() => faults.length > 0);
        await upkeep.pause();
      },
      { files: { ...diskFiles, create: full } },
    );
    expect(faults).toEqual([`no room left to write in ${workspace.dataDir}; nothing committed was lost`]);
    expect(files()).toBe(2 * DAYS);
  });
});
