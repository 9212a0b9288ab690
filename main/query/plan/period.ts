import { AppError } from '../../../shared/errors.ts';
import type { Compare, Interval, Range } from '../../../shared/query/common-spec.ts';
import { bucketBoundaries, countBucketsAtMost, type Calendar } from '../../../shared/time/buckets.ts';
import { previousRange, type RangeMs, resolveRange, shiftRange } from '../../../shared/time/range.ts';
import { type Axis, axisOf } from './axis.ts';

/** One span that a question is answered for, with its calendar buckets. */
export interface Period {
  calendar: Calendar;
  interval: Interval;
  /** Events count in [startMs, endMs). */
  startMs: number;
  endMs: number;
  axis: Axis;
}

export interface PeriodOptions {
  calendar: Calendar;
  interval: Interval;
  /** What an unbounded side ends at: the span of all events; null without any. */
  span: { firstMs: number; lastMs: number } | null;
}

const MAX_BUCKETS = 50_000; // 136 years of days, 5 years of hours: more is a slip of the pen

export function periodOf(range: Range, options: PeriodOptions): Period {
  return toPeriod(resolveRange(range, options.calendar.zone), options, 'range');
}

export function comparedPeriod(compare: Compare, range: Range, options: PeriodOptions): Period {
  return toPeriod(comparedRange(compare, range, options), options, 'compare');
}

/** A period that another thread has resolved. */
export const periodOfMs = (span: RangeMs, options: PeriodOptions): Period => toPeriod(span, options, 'range');

function comparedRange(compare: Compare, range: Range, { calendar }: PeriodOptions): RangeMs {
  if (compare === 'previous') {
    const previous = previousRange(range, calendar.zone);
    if (previous !== null) return previous;
    throw new AppError('bad-input', 'compare: "previous" needs a range with both ends', { path: 'compare' });
  }
  if ('shiftDays' in compare) return shiftRange(range, compare.shiftDays, calendar.zone);
  return resolveRange(compare, calendar.zone);
}

function toPeriod(range: RangeMs, options: PeriodOptions, path: string): Period {
  const { calendar, interval, span } = options;
  const startMs = range.startMs ?? span?.firstMs ?? range.endMs ?? 0;
  const endMs = range.endMs ?? (span === null ? startMs : Math.max(span.lastMs + 1, startMs));
  if (range.startMs !== null && range.endMs !== null && startMs > endMs) {
    throw new AppError('bad-input', `${path}: its end lies before its start`, { path });
  }
  if (countBucketsAtMost(interval, startMs, endMs) > MAX_BUCKETS) {
    const message = `interval: the range holds more than ${MAX_BUCKETS} buckets of one ${interval}; ask for longer ones`;
    throw new AppError('bad-input', message, { path: 'interval' });
  }
  const boundaries = bucketBoundaries(calendar, interval, startMs, endMs);
  return { calendar, interval, startMs, endMs, axis: axisOf(boundaries, startMs, endMs) };
}

/** Starts of the buckets as answers write them. */
export const bucketInstants = ({ axis }: Period): string[] =>
  axis.boundaries.slice(0, axis.buckets).map((tsMs) => new Date(tsMs).toISOString());
