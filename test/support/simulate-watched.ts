import { alertsOf } from '../../main/engine/alerts/alert-store.ts';
import { finishCheck } from '../../main/engine/alerts/finish.ts';
import { takeObservations } from '../../main/engine/alerts/take.ts';
import { createArrivalIndex } from '../../main/engine/freshness/arrivals.ts';
import { type EngineStore, openStore } from '../../main/engine/store/engine-store.ts';
import type { WatchedSeries } from '../../shared/alerts/series.ts';
import { DEFAULT_WATCH, type Observation } from '../../shared/alerts/watch.ts';
import type { AlertFiring } from '../../shared/rpc/contract/alerts.ts';
import { createZone } from '../../shared/time/zone.ts';
import { hourSlots } from '../../main/engine/detect/hour-slots.ts';
import type { Draws } from './simulate-draws.ts';
import { trafficShape } from './simulate-traffic.ts';

// A simulated product as the whole watch list sees it, and a host that checks it every so many hours.
const HOUR_MS = 3_600_000;
const LOOK_BACK_DAYS = 35;

/** Shares of the slices of one property; together they are all sessions. */
const SPLITS: Record<string, Record<string, number>> = {
  practice_id: { breath: 0.4, focus: 0.3, walk: 0.2, sleep: 0.1 },
  master_id: { first: 0.5, second: 0.35, third: 0.15 },
  app_version: { '4.17': 0.8, '4.18': 0.2 },
  locale: { en: 0.6, de: 0.3, no: 0.1 },
};
const STATES: Record<string, number> = { calm: 0.45, glad: 0.3, heavy: 0.15, tense: 0.1 };

export interface World {
  startMs: number;
  zone: string;
  sessions: Float64Array;
  captured: Float64Array;
  slices: Record<string, Record<string, { n: Float64Array; k: Float64Array }>>;
  states: Record<string, Float64Array>;
  errors: Float64Array;
  requests: Float64Array;
  latency: Float64Array;
}

export interface Scene {
  days: number;
  sessionsAnHour: number;
  /** Begins a Monday there. */
  startMs: number;
  zone: string;
  /** People come by the hours of that zone; absent: by those of UTC, wherever the clocks change. */
  followsZone?: boolean;
  drop?: { fromHour: number; toHour: number; rate: number };
  /** Days on which so large a share of the usual comes. */
  quiet?: { fromHour: number; toHour: number; factor: number };
  /** From an hour on a new release is taken up, evenly over some hours, to a share of all sessions. */
  release?: { fromHour: number; overHours: number; share: number };
}

export const NEW_RELEASE = '4.19';

export function simulateWatched(draws: Draws, scene: Scene): World {
  const { days, sessionsAnHour, startMs, zone, drop, quiet, release } = scene;
  const hours = days * 24;
  const empty = (): Float64Array => new Float64Array(hours);
  const valuesOf = (property: string): string[] => [
    ...Object.keys(SPLITS[property] ?? {}),
    ...(property === 'app_version' && release !== undefined ? [NEW_RELEASE] : []),
  ];
  const world: World = {
    startMs,
    zone,
    sessions: empty(),
    captured: empty(),
    slices: Object.fromEntries(
      Object.keys(SPLITS).map((property) => [
        property,
        Object.fromEntries(valuesOf(property).map((value) => [value, { n: empty(), k: empty() }])),
      ]),
    ),
    states: Object.fromEntries(Object.keys(STATES).map((state) => [state, empty()])),
    errors: empty(),
    requests: empty(),
    latency: empty(),
  };
  const starts = Float64Array.from({ length: hours }, (_, hour) => startOf(world, hour));
  const hoursOfWeek = scene.followsZone === true ? hourSlots(starts, createZone(zone)) : null;
  let dayFactor = 1;
  for (let hour = 0; hour < hours; hour += 1) {
    if (hour % 24 === 0) dayFactor = Math.exp(0.06 * draws.normal());
    const isQuiet = quiet !== undefined && hour >= quiet.fromHour && hour < quiet.toHour;
    const shape = trafficShape(hoursOfWeek?.[hour] ?? hour);
    const mean = sessionsAnHour * shape * dayFactor * (isQuiet ? quiet.factor : 1);
    const isDropped = drop !== undefined && hour >= drop.fromHour && hour < drop.toHour;
    simulateHour(draws, world, {
      hour,
      n: draws.negativeBinomial(mean, 25),
      rate: isDropped ? drop.rate : 0.9,
      splits: release === undefined ? SPLITS : { ...SPLITS, app_version: releasesAt(hour, release) },
    });
  }
  return world;
}

function releasesAt(
  hour: number,
  { fromHour, overHours, share }: NonNullable<Scene['release']>,
): Record<string, number> {
  const taken = share * Math.min(1, Math.max(0, (hour - fromHour + 1) / overHours));
  const others = Object.entries(SPLITS['app_version'] ?? {}).map(([name, of]) => [name, of * (1 - taken)]);
  return { ...(Object.fromEntries(others) as Record<string, number>), [NEW_RELEASE]: taken };
}

function simulateHour(
  draws: Draws,
  world: World,
  { hour, n, rate, splits }: { hour: number; n: number; rate: number; splits: typeof SPLITS },
): void {
  const p = draws.beta(99 * rate, 99 * (1 - rate)); // correlated within the hour by 0.01
  world.sessions[hour] = n;
  for (let session = 0; session < n; session += 1) {
    const isCaptured = draws.chance(p);
    if (isCaptured) {
      world.captured[hour]! += 1;
      world.states[chosen(draws, STATES)]![hour]! += 1;
    }
    for (const [property, shares] of Object.entries(splits)) {
      const slice = world.slices[property]![chosen(draws, shares)]!;
      slice.n[hour]! += 1;
      if (isCaptured) slice.k[hour]! += 1;
    }
  }
  const requests = draws.poisson(3 * n);
  world.requests[hour] = requests;
  world.errors[hour] = draws.binomial(requests, draws.beta(0.02 * 99, 0.98 * 99));
  world.latency[hour] = 800 * Math.exp((1.7 * draws.normal()) / Math.sqrt(Math.max(1, requests)));
}

function chosen(draws: Draws, shares: Record<string, number>): string {
  let left = draws.next();
  const names = Object.keys(shares);
  return names.find((name) => (left -= shares[name]!) < 0) ?? names.at(-1)!;
}

export const startOf = ({ startMs }: Pick<World, 'startMs'>, hour: number): number =>
  startMs + hour * HOUR_MS;

/** Hours before `toHour`, as far back as a check asks. */
function seriesOf(
  world: World,
  toHour: number,
  columns: {
    values: (hour: number) => number | null;
    k?: Float64Array | undefined;
    n?: Float64Array | undefined;
  },
): WatchedSeries {
  const first = Math.max(0, toHour - LOOK_BACK_DAYS * 24);
  const hours = Array.from({ length: toHour - first }, (_, index) => first + index);
  const values = hours.map(columns.values);
  const { k, n } = columns;
  return {
    startMs: hours.map((hour) => startOf(world, hour)),
    endMs: hours.map((hour) => startOf(world, hour + 1)),
    values,
    numerators: k === undefined ? null : hours.map((hour) => k[hour]!),
    denominators: n === undefined ? null : hours.map((hour) => n[hour]!),
    states: values.map((value) => (value === null ? 'gap' : 'complete')),
    zone: world.zone,
    completeTo: null,
    lateSources: [],
  };
}

const rateSeries = (world: World, toHour: number, k: Float64Array, n: Float64Array): WatchedSeries =>
  seriesOf(world, toHour, { values: (hour) => (n[hour]! > 0 ? k[hour]! / n[hour]! : null), k, n });

function observationsOf(itemId: string, world: World, toHour: number): Observation[] {
  const item = DEFAULT_WATCH.find((each) => each.itemId === itemId)!;
  const alone = (series: WatchedSeries): Observation[] => [{ key: null, series }];
  if (item.splitBy !== null) {
    const slices = world.slices[item.splitBy]!;
    return Object.entries(slices).map(([key, { k, n }]) => ({
      key,
      series: rateSeries(world, toHour, k, n),
    }));
  }
  switch (itemId) {
    case 'capture-rate':
      return alone(rateSeries(world, toHour, world.captured, world.sessions));
    case 'states':
      return Object.entries(world.states).map(([key, k]) => ({
        key,
        series: rateSeries(world, toHour, k, world.captured),
      }));
    case 'volume':
      return alone(seriesOf(world, toHour, { values: (hour) => world.sessions[hour]! }));
    case 'error-rate':
      return alone(rateSeries(world, toHour, world.errors, world.requests));
    case 'latency': {
      const { requests, latency } = world;
      return alone(
        seriesOf(world, toHour, {
          values: (hour) => (requests[hour]! > 0 ? latency[hour]! : null),
          n: requests,
        }),
      );
    }
    default:
      throw new Error(`the simulation does not know ${itemId}`);
  }
}

export interface Watching {
  dataDir: string;
  environment: string;
  fromHour: number;
  toHour: number;
  everyHours: number;
}

/** Checks the world as a host does that looks every so many hours; the first check catches up. */
export async function watchWorld(world: World, watching: Watching): Promise<AlertFiring[]> {
  const { dataDir, environment, fromHour, toHour, everyHours } = watching;
  let nowMs = startOf(world, fromHour);
  const store: EngineStore = openStore(dataDir, { now: () => nowMs });
  try {
    const index = createArrivalIndex(store);
    for (let hour = fromHour; hour <= toHour; hour += everyHours) {
      nowMs = startOf(world, hour);
      for (const { itemId } of DEFAULT_WATCH)
        await takeObservations(store, index, {
          environment,
          itemId,
          observations: observationsOf(itemId, world, hour),
        });
      finishCheck(store, { linkBase: null, tookMs: 0 });
    }
    return alertsOf(store, environment).firings;
  } finally {
    store.close();
  }
}

export const toldOf = (firings: readonly AlertFiring[]): AlertFiring[] =>
  firings.filter(({ notifiedAt }) => notifiedAt !== null);
export const namesOf = (firings: readonly AlertFiring[]): string[] =>
  firings.map(({ title, conditionMetAt }) => `${title} ${conditionMetAt}`);
