import SqliteDatabase from 'better-sqlite3';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SourceServices } from '../../main/engine/sync/source-kinds.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { Crash, crashAtStep } from '../support/crash.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { disorderOf, faultsOf } from '../support/store-check.ts';
import { storedRows } from '../support/stored-rows.ts';
import {
  ENGINE_NAMES,
  type EngineName,
  type TableEngine,
  startTableEngine,
} from '../support/table-engines.ts';
import { NOW_MS, type TestWorkspace, eventOf, testWorkspace } from '../support/workspace.ts';

const SEED = Number(process.env['TIDEMARK_SEED'] ?? 20_261_201);
const RUNS = process.env['TIDEMARK_DEEP'] === '1' ? 500 : 6;
/** Seeds that once failed. */
const CORPUS: readonly number[] = [];
const MOMENTS = 2; // changes of the table, each followed by syncs
const MOST_SYNCS = 25; // until nothing is new
const FAULTY_SYNCS = 4; // of these; later ones meet no faults
const DAYS = 6;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const BATCH = {
  firstRows: 40,
  maxRows: 40,
  maxBytes: 1 << 30,
  maxObjects: 6,
  chunkBytes: 700,
  idsPerSweep: 60,
};

type Random = () => number;
const below = (random: Random, n: number): number => Math.floor(random() * n);
const pick = <T>(random: Random, items: readonly T[]): T => items[below(random, items.length)]!;

/** What happens to the table: rows, most of them of the last days, or a row of a day that is over leaves, or a column comes. */
type Change = { kind: 'insert'; rows: object[] } | { kind: 'remove'; id: string } | { kind: 'alter' };

/**
 * Rows whose ids nothing else has. Those that may leave have a type of their own, come first and in their time, and never
 * leave a day empty: counts by day and type have to tell that a day differs.
 */
const LEAVES = 'sign_up';

interface NewRow {
  n: number;
  day: number;
  isLate: boolean;
  row: object;
}

function rowsOf(random: Random, from: number): NewRow[] {
  return Array.from({ length: 4 + below(random, 40) }, (_, index) => {
    const n = from + index;
    const day = random() < 0.4 ? 0 : below(random, DAYS);
    const startMs = Math.floor(NOW_MS / DAY_MS - day) * DAY_MS;
    const tsMs = startMs + below(random, day === 0 ? NOW_MS - startMs : DAY_MS);
    const isLate = random() < 0.3; // two days and more after it happened
    const receivedMs = isLate ? Math.min(NOW_MS, tsMs + 2 * DAY_MS + below(random, HOUR_MS)) : tsMs;
    const properties = { page_path: `/${n % 5}`, mail: n % 9 === 0 ? 'ada@example.org' : 'none' };
    const row = eventOf(n, {
      ts: n % 23 === 0 ? '1999-01-01T00:00:00.000Z' : new Date(tsMs).toISOString(),
      received_at: new Date(receivedMs).toISOString(),
      event_type: typeOf(n, { isFirst: from === 1, isLate }),
      properties,
    });
    return { n, day, isLate, row };
  });
}

function typeOf(n: number, { isFirst, isLate }: { isFirst: boolean; isLate: boolean }): string {
  if (isFirst && !isLate && n % 2 === 0) return LEAVES;
  return n % 3 === 0 ? 'feature_usage' : 'page_view';
}

function momentsOf(random: Random): Change[][] {
  const removable: string[] = [];
  const keptDays = new Set<number>();
  let next = 1;
  let isAltered = false;
  return Array.from({ length: MOMENTS }, () =>
    Array.from({ length: 2 + below(random, 4) }, (): Change => {
      if (!isAltered && random() < 0.15) {
        isAltered = true;
        return { kind: 'alter' };
      }
      if (removable.length > 0 && random() < 0.25)
        return { kind: 'remove', id: removable.splice(below(random, removable.length), 1)[0]! };
      const rows = rowsOf(random, next);
      next += rows.length;
      const inTime = rows.filter(({ isLate, n }) => !isLate && n % 23 !== 0);
      const stays = inTime.filter(({ row }) => (row as { event_type: string }).event_type !== LEAVES);
      for (const { day } of stays) keptDays.add(day);
      for (const { n, day } of inTime.filter((one) => !stays.includes(one)))
        if (day >= 2 && keptDays.has(day)) removable.push(`event-${n}`);
      return { kind: 'insert', rows: rows.map(({ row }) => row) };
    }),
  );
}

async function apply(engine: TableEngine, change: Change): Promise<void> {
  if (change.kind === 'insert') await engine.insert('events', change.rows);
  else if (change.kind === 'remove') await engine.remove(change.id);
  else await engine.addColumn('shade');
}

function faultOf(random: Random, speaksHttp: boolean): Fault {
  const afterBytes = below(random, 4000);
  switch (below(random, speaksHttp ? 12 : 7)) {
    case 0:
      return { kind: 'refuse' };
    case 1:
      return { kind: 'reset', afterBytes };
    case 2:
      return { kind: 'truncate', afterBytes };
    case 3:
      return { kind: 'trickle', pieceBytes: 200 + below(random, 400), pauseMs: 1 };
    case 4:
      return random() < 0.03 ? { kind: 'stall', afterBytes } : { kind: 'reset', afterBytes: afterBytes * 4 };
    case 7:
      return { kind: 'status', status: pick(random, [429, 503]), headers: { 'retry-after': '1' } };
    case 8:
      return { kind: 'status', status: 500, body: '<html>not what was asked for</html>' };
    case 9:
      return { kind: 'length', by: pick(random, [-40, -1, 1, 40]) };
    case 10: {
      const body = 'Code: 241. DB::Exception: Memory limit exceeded';
      return { kind: 'status', status: 500, body };
    }
    default:
      return { kind: 'none' };
  }
}

interface Moment {
  nowMs: number;
  password: string;
  random: Random;
}

const services = ({ nowMs, password, random }: Moment): Partial<SourceServices> => ({
  secrets: { read: () => Promise.resolve(password) },
  surroundings: {
    nowMs: () => nowMs,
    random,
    sleep: (_ms, signal) =>
      new Promise((resolve, reject) =>
        setImmediate(() => (signal.aborted ? reject(signal.reason as Error) : resolve())),
      ),
  },
  limits: { requests: 4, wholeBytes: 1 << 20, idleMs: 500 },
});

const add = (workspace: TestWorkspace, engine: TableEngine, port: number, cursor: string | null) =>
  workspace.withStore((store) => {
    const source = engine.source({ port, cursor, statementTimeoutMs: 2000 });
    return addSource(store, source);
  });

/** What must not depend on the way there. */
function contentOf(dataDir: string): unknown {
  const db = new SqliteDatabase(path.join(dataDir, 'catalogue.sqlite'), { readonly: true });
  try {
    const quarantine = db
      .prepare<[], { reason: string; copy: string }>('SELECT reason, row_copy AS copy FROM quarantine')
      .all()
      .map(({ reason, copy }) => `${reason} ${withoutMissing(copy)}`);
    return { rows: storedRows(dataDir), quarantine: [...new Set(quarantine)].sort() };
  } finally {
    db.close();
  }
}

/** A row that was read before a column came does not name it. */
const withoutMissing = (copy: string): string =>
  JSON.stringify(JSON.parse(copy), (_key, value: unknown) => value ?? undefined);

async function undisturbed(engine: TableEngine, cursor: string | null): Promise<unknown> {
  const workspace = testWorkspace('memory');
  try {
    await add(workspace, engine, engine.port, cursor);
    const calm = services({ nowMs: NOW_MS, password: engine.password, random: () => 0 });
    expect(await workspace.sync({ services: calm })).toMatchObject({ message: null });
    return contentOf(workspace.dataDir);
  } finally {
    workspace.remove();
  }
}

/** Syncs until nothing is new; changes come before the first sync or in the middle of one. */
async function settle(
  workspace: TestWorkspace,
  { engine, proxy, speaksHttp }: { engine: TableEngine; proxy: FaultProxy; speaksHttp: boolean },
  changes: readonly Change[],
  random: Random,
): Promise<void> {
  const faults = seededRandom(Math.floor(random() * 2 ** 31)); // retries draw in the order of time, the rest must not
  const waiting = [...changes];
  const later: Promise<void>[] = [];
  const early = below(random, waiting.length + 1);
  for (const change of waiting.splice(0, early)) await apply(engine, change);
  for (let syncs = 0; syncs < MOST_SYNCS; syncs++) {
    const isFaulty = syncs < FAULTY_SYNCS;
    proxy.plan = () => {
      const change = waiting.shift();
      if (change !== undefined)
        later.push((later.at(-1) ?? Promise.resolve()).then(() => apply(engine, change)));
      return isFaulty ? faultOf(faults, speaksHttp) : { kind: 'none' };
    };
    if (!isFaulty) for (const change of waiting.splice(0)) await apply(engine, change);
    const crashStep = isFaulty && random() < 0.3 ? 1 + below(random, 30) : 0;
    const moment = {
      nowMs: NOW_MS + syncs * 120_000 + (isFaulty && random() < 0.2 ? (random() - 0.5) * 60 * HOUR_MS : 0),
      password: isFaulty && random() < 0.1 ? 'expired' : engine.password,
      random: faults,
    };
    const isFull = !isFaulty || random() < 0.3;
    const state = await syncOnce(workspace, { moment, crashStep, isFull });
    await Promise.all(later);
    if (syncs > FAULTY_SYNCS && state?.state === 'idle' && state.filesTotal === 0 && state.message === null)
      return;
  }
  throw new Error('it never settled');
}

/** null: it was killed. */
async function syncOnce(
  workspace: TestWorkspace,
  { moment, crashStep, isFull }: { moment: Moment; crashStep: number; isFull: boolean },
): Promise<SyncState | null> {
  const options = { services: services(moment), batch: BATCH, isFull };
  if (crashStep === 0) return workspace.sync(options);
  const crash = crashAtStep(workspace.dataDir, crashStep);
  try {
    return await workspace.sync(options, { onStep: crash.onStep });
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    return null;
  } finally {
    crash.restore();
  }
}

describe('a table that misbehaves', () => {
  const engines = new Map<EngineName, TableEngine>();
  beforeAll(async () => {
    for (const name of ENGINE_NAMES) engines.set(name, await startTableEngine(name));
  }, 120_000);
  afterAll(async () => {
    for (const engine of engines.values()) await engine.close();
  });

  it.each([...CORPUS, ...Array.from({ length: RUNS }, (_, run) => SEED + run)])(
    'leaves the store of an undisturbed one (seed %i)',
    async (seed) => {
      const random = seededRandom(seed);
      const name = ENGINE_NAMES[seed % ENGINE_NAMES.length]!;
      const engine = engines.get(name)!;
      const arrival = random() < 0.5;
      const cursor = arrival ? 'received_at' : null;
      await engine.createEvents();
      const proxy = await startFaultProxy(engine.port, () => ({ kind: 'none' }));
      const workspace = testWorkspace('memory');
      try {
        await add(workspace, engine, proxy.port, cursor);
        for (const changes of momentsOf(random))
          await settle(workspace, { engine, proxy, speaksHttp: name !== 'postgres' }, changes, random);
        expect(faultsOf(workspace.dataDir)).toEqual([]);
        expect(disorderOf(workspace.dataDir)).toEqual([]);
        expect(contentOf(workspace.dataDir)).toEqual(await undisturbed(engine, cursor));
      } finally {
        workspace.remove();
        await proxy.close();
      }
    },
    120_000,
  );
});
