import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertsOf, saveSettings } from '../../main/engine/alerts/alert-store.ts';
import { FRESH_STOP, judgeStop, type StopState } from '../../main/engine/alerts/judge-stop.ts';
import { firstAt, type MinuteSeries } from '../../main/engine/freshness/minute-series.ts';
import { type EngineStore, openStore } from '../../main/engine/store/engine-store.ts';
import { runSync } from '../../main/engine/sync/run-sync.ts';
import { addSource } from '../../main/engine/sync/sources.ts';
import { createWorkspace } from '../../main/engine/store/create-workspace.ts';
import { AlertSettings } from '../../shared/rpc/contract/alerts.ts';
import { createZone } from '../../shared/time/zone.ts';
import { DEFAULT_WATCH } from '../../shared/alerts/watch.ts';
import { checkStore } from '../support/alert-check.ts';
import { createDraws, type Draws } from '../support/simulate-draws.ts';
import { deepNightShape, simulateMinutes, trafficShape } from '../support/simulate-traffic.ts';
import { FAST_DISK, ndjson } from '../support/workspace.ts';

// Stops through the product itself: events arrive in a folder, it is synced and checked every five minutes as a host
// does, and somebody is told. The full counts under TIDEMARK_DEEP.
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const STOPS = IS_DEEP ? 112 : 3;
const CLEAN_SERIES = IS_DEEP ? 30 : 2;
const SLACK = IS_DEEP ? 1 : 2; // a quantile of three is a coarse thing
const timeout = IS_DEEP ? 3_600_000 : 120_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const CHECK_MS = 5 * MINUTE_MS;
const START_MS = Date.UTC(2026, 2, 2); // a Monday
const HISTORY_DAYS = 29;
const ENVIRONMENT = 'test';
const say = (line: string): unknown => process.stdout.write(`${line}\n`);

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] as number;
};

/** Completed sessions from one instant to another; they arrive within seconds. */
function sessions(draws: Draws, eventsAnHour: number, fromMs: number, toMs: number): object[] {
  const rows: object[] = [];
  let wavering = 1;
  for (let minuteMs = fromMs; minuteMs < toMs; minuteMs += MINUTE_MS) {
    if (minuteMs % HOUR_MS === 0) wavering = draws.gamma(30) / 30;
    const mean = (eventsAnHour / 60) * trafficShape((minuteMs - START_MS) / HOUR_MS) * wavering;
    for (let count = draws.poisson(mean); count > 0; count -= 1)
      rows.push(session(minuteMs + Math.floor(draws.between(0, MINUTE_MS)), draws));
  }
  return rows;
}

let made = 0;
function session(tsMs: number, draws: Draws): object {
  made += 1;
  return {
    event_id: `done-${made}`,
    event_type: 'session_completed',
    ts: new Date(tsMs).toISOString(),
    received_at: new Date(tsMs + Math.floor(draws.between(500, 8_000))).toISOString(),
    user_id: `usr_${made % 97}`,
    properties: { practice_id: 'breath', practice_session_id: `run-${made}` },
  };
}

const BEFORE_MS = 3 * CHECK_MS;

/** A workspace whose clock is moved by hand. */
class Product {
  readonly store: EngineStore;
  readonly #rawDir: string;
  #nowMs: number;
  #files = 0;

  constructor(root: string, nowMs: number) {
    this.#rawDir = path.join(root, 'raw');
    this.#nowMs = nowMs;
    this.store = openStore(path.join(root, 'data'), { now: () => this.#nowMs });
    this.store.db
      .prepare<[string]>(`UPDATE sources SET config = json_set(config, '$.path', ?) WHERE name = 'events'`)
      .run(this.#rawDir); // a copy reads its own
  }

  get otherDir(): string {
    return path.join(this.#rawDir, '..', 'other');
  }

  deliver(rows: readonly object[]): void {
    if (rows.length === 0) return;
    this.#files += 1;
    writeFileSync(path.join(this.#rawDir, `${this.#nowMs}-${this.#files}.ndjson`), ndjson(rows));
  }

  deliverOther(rows: readonly object[], nowMs: number): void {
    writeFileSync(path.join(this.otherDir, `${nowMs}.ndjson`), ndjson(rows));
  }

  moveTo(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  async sync(): Promise<void> {
    await runSync(this.store, { sourceName: null });
  }

  check = () => checkStore(this.store, this.#nowMs);
  told = () => alertsOf(this.store, ENVIRONMENT).firings.filter(({ notifiedAt }) => notifiedAt !== null);

  async syncAndCheck(nowMs: number): Promise<void> {
    this.moveTo(nowMs);
    await this.sync();
    await this.check();
  }
}

async function makeHistory(root: string, eventsAnHour: number, targetMs: number | null): Promise<void> {
  const dataDir = path.join(root, 'data');
  mkdirSync(path.join(root, 'raw'));
  createWorkspace(dataDir, { name: 'Test', zone: 'UTC', now: () => START_MS });
  const endMs = START_MS + HISTORY_DAYS * DAY_MS;
  const product = new Product(root, endMs);
  addSource(product.store, {
    name: 'events',
    environment: ENVIRONMENT,
    path: path.join(root, 'raw'),
    freshnessTargetMs: targetMs,
  });
  saveSettings(
    product.store,
    ENVIRONMENT,
    AlertSettings.parse({ watch: DEFAULT_WATCH.filter(({ itemId }) => itemId === 'volume') }),
  );
  product.deliver(sessions(createDraws(1, `history/${eventsAnHour}`), eventsAnHour, START_MS, endMs));
  await product.sync();
  product.store.close();
}

let parent: string;
beforeAll(() => {
  parent = mkdtempSync(path.join(FAST_DISK, 'tidemark-stop-'));
});
afterAll(() => rmSync(parent, { recursive: true, force: true }));

async function withProduct<T>(
  base: string,
  nowMs: number,
  work: (product: Product) => Promise<T>,
): Promise<T> {
  const root = mkdtempSync(path.join(parent, 'run-'));
  cpSync(base, root, { recursive: true });
  const product = new Product(root, nowMs);
  try {
    return await work(product);
  } finally {
    product.store.close();
    rmSync(root, { recursive: true, force: true });
  }
}

/** Minutes from the stop to the check that told it. */
async function stopTold(base: string, eventsAnHour: number, seed: number): Promise<number> {
  const draws = createDraws(seed, `stop/${eventsAnHour}`);
  const minuteOfWeek = Math.floor((7 * 1_440 * (seed + draws.next())) / STOPS); // evenly: few stops, all hours, nights too
  const stopMs = START_MS + HISTORY_DAYS * DAY_MS + HOUR_MS + minuteOfWeek * MINUTE_MS;
  const phaseMs = Math.floor(draws.between(0, CHECK_MS));
  return withProduct(base, stopMs - BEFORE_MS, async (product) => {
    let fromMs = START_MS + HISTORY_DAYS * DAY_MS;
    for (let nowMs = stopMs - BEFORE_MS + phaseMs; nowMs < stopMs + 24 * HOUR_MS; nowMs += CHECK_MS) {
      const toMs = Math.min(stopMs, nowMs - (nowMs % MINUTE_MS));
      product.deliver(sessions(draws, eventsAnHour, fromMs, toMs));
      fromMs = Math.max(fromMs, toMs);
      await product.syncAndCheck(nowMs);
      const [told] = product.told();
      if (told === undefined) continue;
      expect(told.title).toBe('Completed sessions stopped');
      expect(Date.parse(told.sinceAt)).toBeLessThanOrEqual(stopMs);
      await product.syncAndCheck(nowMs + CHECK_MS);
      expect(product.told()).toHaveLength(1);
      return (nowMs - stopMs) / MINUTE_MS;
    }
    return Infinity;
  });
}

describe('a total stop in the product', () => {
  it.each([
    { eventsAnHour: 100, within: [15, 30] },
    { eventsAnHour: 20, within: [60, 130] },
    { eventsAnHour: 5, within: [240, 450] },
  ])('of $eventsAnHour events an hour is told in time', { timeout }, async ({ eventsAnHour, within }) => {
    const base = mkdtempSync(path.join(parent, 'base-'));
    await makeHistory(base, eventsAnHour, null);
    const delays: number[] = [];
    for (let seed = 0; seed < STOPS; seed += 1) delays.push(await stopTold(base, eventsAnHour, seed));
    const [median, p90] = [quantile(delays, 0.5), quantile(delays, 0.9)];
    say(
      `stops through the product, ${eventsAnHour} an hour: told after ${median.toFixed(1)} min, p90 ${p90.toFixed(1)} min`,
    );
    expect(median).toBeLessThanOrEqual(SLACK * within[0]!);
    expect(p90).toBeLessThanOrEqual(SLACK * within[1]!);
  });
});

/** The whole of a simulated series, as the engine sees it. */
function minuteSeries(seed: number, eventsAnHour: number, days: number, shape = trafficShape): MinuteSeries {
  const { counts } = simulateMinutes(createDraws(seed, `clean/${eventsAnHour}`), {
    days,
    eventsAnHour,
    shape,
  });
  const first = START_MS / MINUTE_MS;
  const filled = [...counts].flatMap((count, minute) => (count > 0 ? [minute] : []));
  return {
    minutes: Int32Array.from(filled, (minute) => first + minute),
    counts: Int32Array.from(filled, (minute) => counts[minute] as number),
  };
}

const endingAt = ({ minutes, counts }: MinuteSeries, toMs: number): MinuteSeries => {
  const length = firstAt(minutes, toMs);
  return { minutes: minutes.subarray(0, length), counts: counts.subarray(0, length) };
};

const followed = (series: MinuteSeries, nowMs: number) => ({
  series: endingAt(series, nowMs),
  zone: 'UTC',
  askedMs: nowMs,
  knownToMs: nowMs,
  caution: 1,
});

describe('a stream that does not stop', () => {
  const STREAMS = [100, 20, 5].flatMap((eventsAnHour) => [
    { eventsAnHour, nights: 'usual', shape: trafficShape },
    { eventsAnHour, nights: 'deep', shape: deepNightShape },
  ]);
  it.each(STREAMS)(
    'of $eventsAnHour events an hour, $nights nights, raises next to nothing',
    { timeout },
    (stream) => {
      const { eventsAnHour, nights, shape } = stream;
      const [days, learned] = [128, 28];
      let alarms = 0;
      for (let seed = 0; seed < CLEAN_SERIES; seed += 1) {
        const series = minuteSeries(seed, eventsAnHour, days, shape);
        const { stops } = judgeStop(followed(series, START_MS + days * DAY_MS), FRESH_STOP);
        alarms += stops.filter(({ untilMs }) => untilMs >= START_MS + learned * DAY_MS).length;
      }
      const seriesDays = CLEAN_SERIES * (days - learned);
      say(
        `stops, ${eventsAnHour} an hour, ${nights} nights: ${((1_000 * alarms) / seriesDays).toFixed(2)} false alarms in 1000 of ${seriesDays} days`,
      );
      expect((1_000 * alarms) / seriesDays).toBeLessThanOrEqual(IS_DEEP ? 2 : 10);
    },
  );

  const CLOCKS = [100, 20, 5].flatMap((eventsAnHour) => [
    { eventsAnHour, zone: 'Europe/Oslo' }, // forward on the 28th day
    { eventsAnHour, zone: 'Australia/Adelaide' }, // back on the 35th
  ]);
  it.each(CLOCKS)(
    'of $eventsAnHour events an hour is not lost where the clocks of $zone change, nor on a holiday',
    { timeout },
    ({ eventsAnHour, zone }) => {
      const { offsetMs } = createZone(zone);
      const shape = (hour: number): number => {
        const local = trafficShape(hour + offsetMs(START_MS + hour * HOUR_MS) / HOUR_MS);
        return local * (hour >= 41 * 24 && hour < 43 * 24 ? 0.4 : 1);
      };
      const stops: number[] = [];
      for (let seed = 0; seed < CLEAN_SERIES; seed += 1) {
        const series = minuteSeries(seed, eventsAnHour, 46, shape);
        const outcome = judgeStop({ ...followed(series, START_MS + 46 * DAY_MS), zone }, FRESH_STOP);
        stops.push(...outcome.stops.map(({ untilMs }) => (untilMs - START_MS) / DAY_MS));
      }
      const late = stops.filter((day) => day >= 20);
      const seriesDays = CLEAN_SERIES * 26;
      say(`stops, ${eventsAnHour} an hour, ${zone}: ${late.length} false alarms in ${seriesDays} days`);
      expect(late.length).toBeLessThanOrEqual(IS_DEEP ? Math.ceil(0.004 * seriesDays) : 0);
    },
  );

  it(
    'is judged alike however often it is checked, up to the looks that a check adds',
    () => {
      const series = minuteSeries(1, 20, 40);
      fc.assert(
        fc.property(fc.integer({ min: 6, max: 400 }), (stepMinutes) => {
          let state: StopState = FRESH_STOP;
          const stops: number[] = [];
          for (let day = 10; day <= 40; day += (stepMinutes * MINUTE_MS) / DAY_MS) {
            const nowMs = START_MS + Math.round(day * 1_440) * MINUTE_MS;
            const outcome = judgeStop(
              followed(series, nowMs),
              JSON.parse(JSON.stringify(state)) as StopState,
            );
            stops.push(...outcome.stops.map(({ sinceMs }) => sinceMs));
            ({ state } = outcome);
          }
          expect(stops).toEqual([]);
          expect(state.delayMs).toBe(0);
        }),
        { numRuns: IS_DEEP ? 40 : 3, seed: 7 },
      );
    },
    timeout,
  );
});

describe('a late source', () => {
  const CASES = { eventsAnHour: 100, silentMs: 3 * HOUR_MS };

  it('that was not asked is held, and not called a stop', { timeout }, async () => {
    const base = mkdtempSync(path.join(parent, 'base-'));
    await makeHistory(base, CASES.eventsAnHour, null);
    const endMs = START_MS + HISTORY_DAYS * DAY_MS;
    await withProduct(base, endMs, async (product) => {
      for (let nowMs = endMs; nowMs < endMs + CASES.silentMs; nowMs += 6 * CHECK_MS) {
        product.moveTo(nowMs);
        await product.check(); // the source cannot be reached, so no sync succeeds
      }
      expect(product.told()).toEqual([]);
    });
  });

  it('past its target is held while another goes on', { timeout }, async () => {
    const base = mkdtempSync(path.join(parent, 'base-'));
    await makeHistory(base, CASES.eventsAnHour, 10 * MINUTE_MS);
    const endMs = START_MS + HISTORY_DAYS * DAY_MS;
    mkdirSync(path.join(base, 'other'));
    await withProduct(base, endMs, async (product) => {
      addSource(product.store, {
        name: 'pages',
        environment: ENVIRONMENT,
        path: product.otherDir,
        freshnessTargetMs: 10 * MINUTE_MS,
      });
      for (let nowMs = endMs; nowMs < endMs + CASES.silentMs; nowMs += 6 * CHECK_MS) {
        product.deliverOther([pageView(nowMs - MINUTE_MS)], nowMs);
        await product.syncAndCheck(nowMs);
      }
      expect(product.told()).toEqual([]);
    });
  });

  it(
    'that has proved to come in batches is given as long',
    () => {
      // files of an hour, each ten minutes after its end
      const series = minuteSeries(3, 100, 26);
      let state: StopState = FRESH_STOP;
      const stops: number[] = [];
      for (let minute = 20 * 1_440; minute < 26 * 1_440; minute += 5) {
        const nowMs = START_MS + minute * MINUTE_MS;
        const arrivedMs = Math.floor((nowMs - 10 * MINUTE_MS) / HOUR_MS) * HOUR_MS;
        const outcome = judgeStop(
          { series: endingAt(series, arrivedMs), zone: 'UTC', askedMs: nowMs, knownToMs: nowMs, caution: 1 },
          state,
        );
        stops.push(...outcome.stops.map(({ untilMs }) => untilMs - START_MS - 20 * DAY_MS));
        ({ state } = outcome);
      }
      expect(stops.filter((sinceStart) => sinceStart > 2 * HOUR_MS)).toEqual([]); // the first batch has to prove it
      expect(state.delayMs).toBeGreaterThan(45 * MINUTE_MS);
    },
    timeout,
  );
});

function pageView(tsMs: number): object {
  made += 1;
  const ts = new Date(tsMs).toISOString();
  return {
    event_id: `page-${made}`,
    event_type: 'page_view',
    ts,
    received_at: ts,
    user_id: `usr_${made % 7}`,
    properties: { page_path: '/' },
  };
}
