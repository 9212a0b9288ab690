import type { Draws } from './simulate-draws.ts';

export interface SimulatedSeries {
  name: string;
  tsMs: Float64Array;
  values: Float64Array;
  /** Where an alarm is right: both ends included, in order, apart from each other. */
  windows: [first: number, last: number][];
}

export interface SeriesKind {
  name: string;
  copies: number;
  /** False for series that hold nothing odd but what is labelled. */
  isOdd?: boolean;
  simulate: (draws: Draws) => { values: Float64Array; stepMs: number; windows: [number, number][] };
}

export const MINUTE_MS = 60_000;
export const FIVE_MINUTES = 5 * MINUTE_MS;
export const HOUR_MS = 60 * MINUTE_MS;

const EARLIEST = 0.2; // share of the series in which nothing is labelled yet: the probation and a little
const WINDOW_SHARE = 0.1; // of the series, for all windows together

/** So many places for events, far enough apart for their windows. */
export function placeEvents(draws: Draws, points: number, count: number): number[] {
  const apart = (1.3 * WINDOW_SHARE * points) / Math.max(1, count);
  for (;;) {
    const places = Array.from({ length: count }, () => draws.between(EARLIEST, 0.95) * points).sort(
      (a, b) => a - b,
    );
    if (places.every((at, index) => index === 0 || at - (places[index - 1] as number) > apart))
      return places.map(Math.floor);
  }
}

/** Windows centred on the events, one tenth of the series in all. */
export function windowsAround(events: readonly number[], points: number): [number, number][] {
  const half = Math.floor((WINDOW_SHARE * points) / Math.max(1, events.length) / 2);
  return events.map((at) => [Math.max(0, at - half), Math.min(points - 1, at + half)]);
}

/** Autoregressive noise of deviation 1 in the long run. */
export function createNoise(draws: Draws, memory: number): () => number {
  let value = draws.normal();
  const fresh = Math.sqrt(1 - memory * memory);
  return () => (value = memory * value + fresh * draws.normal());
}

/** A smooth daily shape: 0 to 1, trough at night, two humps. */
export function dailyShape(dayShare: number): number {
  const main = 0.5 - 0.5 * Math.cos(2 * Math.PI * (dayShare - 0.15));
  const second = 0.18 * Math.sin(4 * Math.PI * (dayShare - 0.1));
  return Math.min(1, Math.max(0, main + second));
}
