import { addDays, dayOfMonth, weekdayOf } from '../../shared/format/calendar.ts';

const RATE_STEPS = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5] as const;

export interface RateAxis {
  domain: [number, number];
  ticks: number[];
}

/** A domain that holds every rate, cut at round steps; at most `maxTicks`. Rates need not start at zero. */
export function rateAxis(rates: readonly number[], maxTicks: number): RateAxis {
  const low = Math.min(1, ...rates);
  const high = Math.max(0, ...rates);
  if (low > high) return axisBetween(0, 1, 0.25);
  for (const step of RATE_STEPS) {
    const from = Math.max(0, Math.floor(low / step - 0.35)) * step;
    const to = Math.min(Math.ceil(1 / step), Math.ceil(high / step + 0.35)) * step;
    if (Math.round((to - from) / step) + 1 <= maxTicks) return axisBetween(from, to, step);
  }
  return axisBetween(0, 1, 0.5);
}

function axisBetween(from: number, to: number, step: number): RateAxis {
  const last = Math.max(1, Math.round((to - from) / step));
  const ticks = Array.from({ length: last + 1 }, (_, index) => Math.round((from + index * step) * 1e6) / 1e6);
  return { domain: [ticks[0] ?? 0, Math.min(1, ticks.at(-1) ?? 1)], ticks };
}

/** From zero in at most `most` round steps of 1, 2 or 5, up to `largest` or just below; a single step may end above. */
export function countAxis(largest: number, most: number): number[] {
  if (!(largest > 0)) return [0, 1];
  const power = 10 ** Math.floor(Math.log10(largest / most));
  const step =
    [1, 2, 5, 10, 20].map((each) => each * power).find((each) => largest / each <= most + 1e-9) ?? largest;
  const count = Math.max(1, Math.floor(largest / step + 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}

/** Symmetric about zero, in whole steps of points that leave four or five ticks; `reach` is the farthest value. */
export function differenceAxis(reach: number): RateAxis {
  const steps = [0.01, 0.02, 0.03, 0.04, 0.05, 0.1, 0.2, 0.5];
  const step = steps.find((each) => reach <= each * 2.25) ?? 0.5;
  return { domain: [-step * 2.25, step * 2.25], ticks: [-2, -1, 0, 1, 2].map((count) => count * step) };
}

const TICK_ROOM_PX = 62; // "26 Oct" and some air

/** Which buckets carry a date: all of a short range, else Mondays, or month starts of a long one. */
export function dateTicks(dates: readonly string[], bucket: 'day' | 'week', pxPerBucket: number): number[] {
  const all = dates.map((_, index) => index);
  const candidates =
    pxPerBucket >= TICK_ROOM_PX || dates.length <= 2
      ? all
      : bucket === 'day'
        ? all.filter((index) => weekdayOf(dates[index] ?? '') === 1)
        : all.filter((index) => holdsMonthStart(dates[index] ?? ''));
  const every = thinning(candidates, pxPerBucket);
  return candidates.filter((_, index) => index % every === 0);
}

/** The same for buckets of hours as well: of them the midnights. */
export function bucketTicks(
  dates: readonly string[],
  bucket: 'hour' | 'day' | 'week',
  pxPerBucket: number,
): number[] {
  if (bucket !== 'hour') return dateTicks(dates, bucket, pxPerBucket);
  const dayOf = (index: number): string => (dates[index] ?? '').slice(0, 10);
  const midnights = dates.flatMap((_, index) =>
    index > 0 && dayOf(index - 1) === dayOf(index) ? [] : [index],
  );
  const every = Math.max(1, Math.ceil(TICK_ROOM_PX / (pxPerBucket * HOURS_A_DAY)));
  return midnights.filter((_, index) => index % every === 0);
}

const HOURS_A_DAY = 24;

const holdsMonthStart = (week: string): boolean => dayOfMonth(addDays(week, 6)) <= 7;

function thinning(candidates: number[], pxPerBucket: number): number {
  const [first = 0, second = first + 1] = candidates;
  return Math.max(1, Math.ceil(TICK_ROOM_PX / ((second - first) * pxPerBucket)));
}

const SMALLEST_SPAN = 1e-6; // closer together they are one number on any screen

/** Between two numbers of any sign or unit, cut at round steps of 1, 2 or 5; at most `most` ticks. */
export function numberAxis(low: number, high: number, most: number): RateAxis {
  const span = high - low > SMALLEST_SPAN ? high - low : Math.abs(high) + 1;
  const power = 10 ** Math.floor(Math.log10(span / Math.max(1, most - 1)));
  const steps = [1, 2, 5, 10, 20, 50].map((each) => each * power);
  for (const step of steps) {
    const [from, to] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
    const last = Math.max(to, from + 1);
    if (last - from + 1 > most) continue;
    const ticks = Array.from({ length: last - from + 1 }, (_, index) => roundOff((from + index) * step));
    return { domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1], ticks };
  }
  return { domain: [low, low + span], ticks: [low, low + span] };
}

const roundOff = (value: number): number => Number(value.toPrecision(12));
