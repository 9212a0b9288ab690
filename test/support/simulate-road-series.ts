import type { Draws } from './simulate-draws.ts';
import {
  createNoise,
  dailyShape,
  FIVE_MINUTES,
  placeEvents,
  type SeriesKind,
  windowsAround,
} from './simulate-events.ts';

/** A road: how full it is, how fast it goes, how long a way takes. */
export const ROAD_KINDS: readonly SeriesKind[] = [
  { name: 'occupancy', copies: 2, simulate: occupancy },
  { name: 'speed', copies: 3, simulate: speed },
  { name: 'travel-time', copies: 2, simulate: travelTime },
];

type Simulated = ReturnType<SeriesKind['simulate']>;

function occupancy(draws: Draws): Simulated {
  const n = draws.whole(2_380, 2_500);
  const noise = createNoise(draws, 0.6);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1)
    values[at] = Math.max(
      0,
      1 +
        9 * dailyShape((at % 160) / 160) * (1 + 0.3 * noise()) +
        (draws.chance(0.004) ? draws.exponential(6) : 0),
    );
  const events = placeEvents(draws, n, draws.whole(1, 2));
  for (const at of events) {
    const end = Math.min(n, at + draws.whole(3, 12));
    for (let i = at; i < end; i += 1) values[i] = draws.between(22, 40);
  }
  return {
    values: values.map((value) => Math.round(value * 100) / 100),
    stepMs: 2 * FIVE_MINUTES,
    windows: windowsAround(events, n),
  };
}

function speed(draws: Draws): Simulated {
  const n = draws.whole(1_127, 2_500);
  const noise = createNoise(draws, 0.4);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1) {
    const rush = at % 160 > 100 && at % 160 < 112 && draws.chance(0.4) ? draws.between(5, 25) : 0;
    values[at] = 70 + 4 * noise() - rush;
  }
  const events = placeEvents(draws, n, draws.whole(1, 4));
  for (const at of events) {
    const end = Math.min(n, at + draws.whole(5, 25));
    for (let i = at; i < end; i += 1) values[i] = draws.between(15, 40);
  }
  return { values: values.map(Math.round), stepMs: 2 * FIVE_MINUTES, windows: windowsAround(events, n) };
}

function travelTime(draws: Draws): Simulated {
  const n = draws.whole(2_162, 2_500);
  const noise = createNoise(draws, 0.5);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1) {
    const odd = draws.chance(0.012) ? draws.exponential(250) : 0;
    values[at] = (180 + 130 * dailyShape((at % 160) / 160)) * Math.exp(0.3 * noise()) + odd;
  }
  const events = placeEvents(draws, n, draws.whole(1, 3));
  for (const at of events) {
    const end = Math.min(n, at + draws.whole(2, 20));
    for (let i = at; i < end; i += 1) values[i] = draws.between(900, 2_500);
  }
  return { values: values.map(Math.round), stepMs: 2 * FIVE_MINUTES, windows: windowsAround(events, n) };
}
