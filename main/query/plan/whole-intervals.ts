import { bucketBoundaries, bucketEndMs, bucketStartMs } from '../../../shared/time/buckets.ts';
import { axisOf } from './axis.ts';
import type { Period } from './period.ts';

/** The same period with the intervals that its range cuts taken whole (DATA §5, time). */
export function widen(period: Period): Period {
  const { boundaries } = period.axis;
  return spanning(period, boundaries[0] ?? period.startMs, boundaries.at(-1) ?? period.endMs);
}

/** The last `count` intervals up to the one that holds the end of the period, also where it begins behind that. */
export function lastIntervals(period: Period, count: number): Period {
  const { calendar, interval, endMs } = period;
  const lastMs = bucketStartMs(calendar, interval, endMs - 1);
  return intervalsUntil(period, bucketEndMs(calendar, interval, lastMs), count);
}

/** As many whole intervals directly before a widened period. */
export const intervalsBefore = (period: Period): Period =>
  intervalsUntil(period, period.startMs, period.axis.buckets);

function intervalsUntil(period: Period, endMs: number, count: number): Period {
  const { calendar, interval } = period;
  let startMs = endMs;
  for (let left = count; left > 0; left--) startMs = bucketStartMs(calendar, interval, startMs - 1);
  return spanning(period, startMs, endMs);
}

/** Start of the interval before a boundary. */
export const startBefore = ({ calendar, interval }: Period, boundaryMs: number): number =>
  bucketStartMs(calendar, interval, boundaryMs - 1);

/** Boundaries of the period and of so many intervals behind its end. */
export function boundariesBeyond({ calendar, interval, axis }: Period, more: number): number[] {
  const boundaries = [...axis.boundaries];
  for (let left = more; left > 0; left--)
    boundaries.push(bucketEndMs(calendar, interval, boundaries.at(-1) ?? 0));
  return boundaries;
}

function spanning(period: Period, startMs: number, endMs: number): Period {
  const { calendar, interval } = period;
  const boundaries = bucketBoundaries(calendar, interval, startMs, endMs);
  return { ...period, startMs, endMs, axis: axisOf(boundaries, startMs, endMs) };
}
