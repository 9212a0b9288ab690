import type { Draws } from './simulate-draws.ts';
import { dailyShape, FIVE_MINUTES, type SeriesKind, windowsAround } from './simulate-events.ts';

const DAY = 288;
const DAYS = 14;

/** Drawn by rule: days of a plain shape, half of them without any event, the others with one day that differs. */
export const SYNTHETIC_KINDS: readonly SeriesKind[] = [
  { name: 'regular-clean', copies: 5, isOdd: false, simulate: (draws) => regular(draws, false) },
  { name: 'regular', copies: 6, isOdd: false, simulate: (draws) => regular(draws, true) },
];

function regular(draws: Draws, isLabelled: boolean): ReturnType<SeriesKind['simulate']> {
  const n = DAY * DAYS;
  const shape = draws.pick(['square', 'flat', 'humps', 'sparse']);
  const noise = draws.pick([0, 1, 5]);
  const values = new Float64Array(n);
  const eventDay = draws.whole(8, 12);
  const change = draws.pick(['higher', 'lower', 'missing', 'restless', 'dense']);
  for (let at = 0; at < n; at += 1) {
    const isEvent = isLabelled && Math.floor(at / DAY) === eventDay;
    values[at] = pointOf(draws, {
      at,
      shape,
      noise: isEvent && change === 'restless' ? 4 * noise + 6 : noise,
      change: isEvent ? change : '',
    });
  }
  const events = isLabelled ? [eventDay * DAY + DAY / 3] : [];
  return { values, stepMs: FIVE_MINUTES, windows: windowsAround(events, n) };
}

interface Point {
  at: number;
  shape: string;
  noise: number;
  change: string;
}

function pointOf(draws: Draws, { at, shape, noise, change }: Point): number {
  const time = at % DAY;
  const isHigh = time > DAY / 3 && time < (2 * DAY) / 3;
  const peak = change === 'higher' ? 130 : change === 'lower' ? 45 : change === 'missing' ? 20 : 80;
  const jitter = noise * draws.next() * 2;
  if (shape === 'flat')
    return (change === 'higher' && isHigh ? 90 : change !== '' && isHigh ? 15 : 45) + jitter;
  if (shape === 'humps') return 20 + (peak - 20) * dailyShape(time / DAY) + jitter;
  if (shape === 'sparse') {
    const chance = change === 'dense' || change === 'higher' ? 0.3 : change === '' ? 0.05 : 0;
    return draws.chance(chance) ? draws.between(60, 80) : noise * draws.next();
  }
  return (isHigh ? peak : 20) + jitter;
}
