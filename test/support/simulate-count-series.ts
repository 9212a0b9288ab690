import type { Draws } from './simulate-draws.ts';
import {
  createNoise,
  dailyShape,
  FIVE_MINUTES,
  HOUR_MS,
  MINUTE_MS,
  placeEvents,
  type SeriesKind,
  windowsAround,
} from './simulate-events.ts';

/** What people do: rides, mentions, advertisements. */
export const COUNT_KINDS: readonly SeriesKind[] = [
  { name: 'rides', copies: 1, simulate: rides },
  { name: 'mentions', copies: 10, simulate: mentions },
  { name: 'advertisements', copies: 6, simulate: advertisements },
];

type Simulated = ReturnType<SeriesKind['simulate']>;

/** Half-hourly demand with a strong day and week; holidays and storms are labelled. */
function rides(draws: Draws): Simulated {
  const n = 10_320;
  const noise = createNoise(draws, 0.8);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1) {
    const isWeekend = Math.floor(at / 48) % 7 >= 5;
    const shift = isWeekend ? 0.08 : 0;
    const shape = dailyShape(((at % 48) / 48 - shift + 1) % 1);
    values[at] = (3_000 + 20_000 * shape * (isWeekend ? 0.9 : 1)) * (1 + 0.06 * noise());
  }
  const events = placeEvents(draws, n, 5);
  for (const at of events) {
    const day = at - (at % 48);
    const factor = draws.pick([0.35, 0.5, 0.6, 1.5]);
    const length = draws.pick([16, 48, 60]);
    for (let i = day + 10; i < Math.min(n, day + 10 + length); i += 1)
      values[i] = (values[i] as number) * factor;
  }
  return { values: values.map(Math.round), stepMs: 30 * MINUTE_MS, windows: windowsAround(events, n) };
}

/** Mentions in 5 minutes: clumped counts by the time of day, bursts of all sizes; the largest are labelled. */
function mentions(draws: Draws): Simulated {
  const n = 15_900;
  const level = draws.pick([3, 8, 20, 40]);
  const size = draws.between(1.2, 6);
  const drift = createNoise(draws, 0.999);
  const values = new Float64Array(n);
  let burst = 0;
  for (let at = 0; at < n; at += 1) {
    burst *= 0.85;
    if (draws.chance(0.0015)) burst += level * Math.min(12, 1.5 * Math.pow(1 - draws.next(), -0.6)); // heavy-tailed
    const mean = level * (0.25 + 1.1 * dailyShape((at % 288) / 288)) * Math.exp(0.2 * drift()) + burst;
    values[at] = draws.negativeBinomial(mean, size);
  }
  const events = placeEvents(draws, n, draws.whole(2, 4));
  for (const at of events) {
    let height = level * draws.between(12, 60);
    const fade = draws.between(0.7, 0.96);
    for (let i = at; i < Math.min(n, at + 100); i += 1, height *= fade)
      values[i] = (values[i] as number) + draws.poisson(height * draws.between(0.7, 1.2));
  }
  return { values, stepMs: FIVE_MINUTES, windows: windowsAround(events, n) };
}

/** Prices by the hour: a weak day, skewed noise, odd hours; a few far-off hours or days are labelled. */
function advertisements(draws: Draws): Simulated {
  const n = draws.whole(1_538, 1_648);
  const noise = createNoise(draws, draws.between(0.2, 0.7));
  const spread = draws.between(0.15, 0.4);
  const values = new Float64Array(n);
  for (let at = 0; at < n; at += 1) {
    const odd = draws.chance(0.004) ? 1 + draws.exponential(1) : 1;
    values[at] = (0.1 + 0.05 * dailyShape((at % 24) / 24)) * Math.exp(spread * noise()) * odd;
  }
  const events = placeEvents(draws, n, draws.whole(1, 3));
  for (const at of events) {
    const length = draws.pick([1, 1, 2, 12, 30]);
    const factor = draws.pick([3.5, 5, 8]) * (length > 10 ? 0.5 : 1);
    for (let i = at; i < Math.min(n, at + length); i += 1) values[i] = (values[i] as number) * factor;
  }
  return { values, stepMs: HOUR_MS, windows: windowsAround(events, n) };
}
