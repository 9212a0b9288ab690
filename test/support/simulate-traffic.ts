import type { Draws } from './simulate-draws.ts';
import { dailyShape, HOUR_MS } from './simulate-events.ts';

const START_MS = Date.UTC(2026, 2, 2); // a Monday
const HOURS_A_WEEK = 168;
const CORRELATION = 0.01; // between sessions of one hour

export interface SimulatedRates {
  tsMs: Float64Array;
  slots: Uint8Array;
  successes: Float64Array;
  trials: Float64Array;
}

export interface RateScene {
  days: number;
  sessionsAnHour: number;
  rate: number;
  /** The rate from one hour to another. */
  drop?: { fromHour: number; toHour: number; rate: number };
}

/** Sessions and how many of them end in a reaction: by day and week, in bursts, correlated within the hour. */
export function simulateRates(draws: Draws, { days, sessionsAnHour, rate, drop }: RateScene): SimulatedRates {
  const hours = days * 24;
  const series = emptyHours(hours);
  const successes = new Float64Array(hours);
  const trials = new Float64Array(hours);
  const hourEffects = Array.from({ length: 24 }, () => 0.08 * draws.normal());
  const weekendEffect = 0.06 * draws.normal();
  for (let hour = 0; hour < hours; hour += 1) {
    const isDropped = drop !== undefined && hour >= drop.fromHour && hour < drop.toHour;
    const effect = (hourEffects[hour % 24] as number) + (isWeekend(hour) ? weekendEffect : 0);
    const p = logistic(logit(isDropped ? drop.rate : rate) + effect);
    const mean = sessionsAnHour * trafficShape(hour) * (draws.chance(0.01) ? draws.between(1.5, 3) : 1);
    trials[hour] = draws.negativeBinomial(mean, 20);
    successes[hour] = draws.binomial(trials[hour] as number, correlatedRate(draws, p));
  }
  return { ...series, successes, trials };
}

export interface SimulatedCounts {
  tsMs: Float64Array;
  slots: Uint8Array;
  counts: Float64Array;
}

/** Events by the hour, with days that are livelier than others; `factor` from an hour on. */
export function simulateCounts(
  draws: Draws,
  scene: {
    days: number;
    eventsAnHour: number;
    change?: { fromHour: number; toHour: number; factor: number };
  },
): SimulatedCounts {
  const hours = scene.days * 24;
  const counts = new Float64Array(hours);
  let dayFactor = 1;
  for (let hour = 0; hour < hours; hour += 1) {
    if (hour % 24 === 0) dayFactor = Math.exp(0.06 * draws.normal());
    const { change } = scene;
    const factor =
      change !== undefined && hour >= change.fromHour && hour < change.toHour ? change.factor : 1;
    counts[hour] = draws.negativeBinomial(scene.eventsAnHour * trafficShape(hour) * dayFactor * factor, 25);
  }
  return { ...emptyHours(hours), counts };
}

/** Events minute by minute: the intensity wavers from hour to hour by 18 %. */
export function simulateMinutes(
  draws: Draws,
  scene: { days: number; eventsAnHour: number; stopsAtMinute?: number; shape?: (hour: number) => number },
): { tsMs: Float64Array; slots: Uint8Array; counts: Float64Array } {
  const minutes = scene.days * 1_440;
  const tsMs = Float64Array.from({ length: minutes }, (_, minute) => START_MS + minute * 60_000);
  const slots = Uint8Array.from(tsMs, (_, minute) => Math.floor(minute / 60) % HOURS_A_WEEK);
  const counts = new Float64Array(minutes);
  const { shape = trafficShape } = scene;
  let wavering = 1;
  for (let minute = 0; minute < minutes; minute += 1) {
    if (minute % 60 === 0) wavering = draws.gamma(30) / 30;
    if (scene.stopsAtMinute !== undefined && minute >= scene.stopsAtMinute) break;
    const mean = (scene.eventsAnHour / 60) * shape(minute / 60) * wavering;
    counts[minute] = draws.poisson(mean);
  }
  return { tsMs, slots, counts };
}

/** Sessions by state, hour by hour; `shares` from an hour on. */
export function simulateShares(
  draws: Draws,
  scene: {
    days: number;
    reactionsAnHour: number;
    shares: readonly number[];
    change?: { fromHour: number; toHour: number; shares: readonly number[] };
  },
): { tsMs: Float64Array; slots: Uint8Array; counts: Float64Array[] } {
  const hours = scene.days * 24;
  const counts = scene.shares.map(() => new Float64Array(hours));
  for (let hour = 0; hour < hours; hour += 1) {
    const { change } = scene;
    const isChanged = change !== undefined && hour >= change.fromHour && hour < change.toHour;
    const shares = isChanged ? change.shares : scene.shares;
    const n = draws.negativeBinomial(scene.reactionsAnHour * trafficShape(hour), 20);
    const weights = shares.map((share) => draws.gamma((share * (1 - CORRELATION)) / CORRELATION));
    let left = n;
    let weightLeft = weights.reduce((sum, weight) => sum + weight, 0);
    weights.forEach((weight, state) => {
      const count =
        state === weights.length - 1 ? left : draws.binomial(left, Math.min(1, weight / weightLeft));
      (counts[state] as Float64Array)[hour] = count;
      left -= count;
      weightLeft -= weight;
    });
  }
  return { ...emptyHours(hours), counts };
}

/** Mean 1 over the week; nights have a third, weekends four fifths. */
export function trafficShape(hour: number): number {
  const day = 0.37 + 1.3 * dailyShape((hour % 24) / 24);
  return day * (isWeekend(hour) ? 0.85 : 1.06);
}

/** Mean 1 over the week; at night next to nothing comes, and evenings end within an hour. */
export function deepNightShape(hour: number): number {
  const ofDay = hour % 24;
  return ofDay >= 1 && ofDay < 6 ? 0.03 : 1.257 * (isWeekend(hour) ? 0.9 : 1.04);
}

function emptyHours(hours: number): { tsMs: Float64Array; slots: Uint8Array } {
  return {
    tsMs: Float64Array.from({ length: hours }, (_, hour) => START_MS + hour * HOUR_MS),
    slots: Uint8Array.from({ length: hours }, (_, hour) => hour % HOURS_A_WEEK),
  };
}

function correlatedRate(draws: Draws, rate: number): number {
  const size = (1 - CORRELATION) / CORRELATION;
  return draws.beta(rate * size, (1 - rate) * size);
}

const isWeekend = (hour: number): boolean => Math.floor(hour / 24) % 7 >= 5;
const logit = (rate: number): number => Math.log(rate / (1 - rate));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
