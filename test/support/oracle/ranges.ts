import type { Row } from './rows.ts';
import type { Compare, Interval, Range, Spec } from './types.ts';
import { type Bucket, type Calendar, addDays, bucketAt, startOfDate, wallMs } from './zone.ts';

/** The spans of time that a question is answered for. */
export interface Ranges {
  current: Bucket;
  previous: Bucket | null;
}

const DAY_MS = 86_400_000;
const EMPTY: Bucket = { startMs: 0, endMs: 0 };

export function rangesOf(spec: Spec, rows: readonly Row[], calendar: Calendar): Ranges {
  const { zone } = calendar;
  const current = toSpan(spec.range ?? {}, rows, zone);
  const asked = { current, previous: toPrevious(spec, current, rows, zone) };
  if (spec.kind === 'retention')
    return retentionRanges(spec.cohorts ?? null, { spec, asked, rows, calendar });
  if (spec.kind === 'lifecycle' || spec.kind === 'stickiness') return wholeRanges(spec, asked, calendar);
  return asked;
}

/** Lifecycle, retention and stickiness work on whole intervals; so many of them directly before are the previous ones. */
function wholeRanges({ compare, interval = 'day' }: Whole, asked: Ranges, calendar: Calendar): Ranges {
  const widened = (span: Bucket): Bucket =>
    span.startMs === span.endMs
      ? EMPTY
      : {
          startMs: bucketAt(span.startMs, interval, calendar).startMs,
          endMs: bucketAt(span.endMs - 1, interval, calendar).endMs,
        };
  const current = widened(asked.current);
  if (compare !== 'previous') return { current, previous: asked.previous && widened(asked.previous) };
  let { startMs } = current;
  for (let ms = current.startMs; ms < current.endMs; ms = bucketAt(ms, interval, calendar).endMs) {
    startMs = bucketAt(startMs - 1, interval, calendar).startMs;
  }
  return { current, previous: { startMs, endMs: current.startMs } };
}

interface Whole {
  compare?: Compare | null;
  interval?: Interval;
}

interface Asked {
  spec: Spec & Whole;
  asked: Ranges;
  rows: readonly Row[];
  calendar: Calendar;
}

/** With a number of cohorts: that many periods up to the end of the range, wherever it begins. */
function retentionRanges(cohorts: number | null, { spec, asked, rows, calendar }: Asked): Ranges {
  if (cohorts === null) return wholeRanges(spec, asked, calendar);
  const { interval = 'day', compare, range = {} } = spec;
  const lastPeriods = (endMs: number | null): Bucket => {
    if (endMs === null) return EMPTY;
    const last = bucketAt(endMs - 1, interval, calendar);
    let { startMs } = last;
    for (let period = 1; period < cohorts; period++) {
      startMs = bucketAt(startMs - 1, interval, calendar).startMs;
    }
    return { startMs, endMs: last.endMs };
  };
  const endMs = endOf(range, rows, calendar.zone);
  const current = lastPeriods(endMs);
  if (!compare) return { current, previous: null };
  if (compare === 'previous') {
    return { current, previous: lastPeriods(endMs === null ? null : current.startMs) };
  }
  if ('from' in compare) return { current, previous: lastPeriods(endOf(compare, rows, calendar.zone)) };
  const shifted =
    endMs === null
      ? null
      : shiftSide(range.to, endMs, { days: compare.shiftDays, isEnd: true }, calendar.zone);
  return { current, previous: lastPeriods(shifted) };
}

function endOf({ to }: Range, rows: readonly Row[], zone: string): number | null {
  if (to != null) return rangeBounds({ to }, zone).endMs;
  if (rows.length === 0) return null;
  return rows.map(({ tsMs }) => tsMs).reduce((a, b) => Math.max(a, b)) + 1;
}

const isDate = (side: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(side);

/** Half-open instants. An open side ends at the first or last event of the environment. */
function toSpan({ from, to }: Range, rows: readonly Row[], zone: string): Bucket {
  const times = rows.map((row) => row.tsMs);
  const firstMs = times.reduce((a, b) => Math.min(a, b), Infinity);
  const lastMs = times.reduce((a, b) => Math.max(a, b), -Infinity);
  const bounds = rangeBounds({ from, to }, zone);
  const startMs = from == null ? firstMs : bounds.startMs;
  const endMs = to == null ? lastMs + 1 : bounds.endMs;
  return startMs < endMs ? { startMs, endMs } : EMPTY;
}

/** Open sides are without end. */
export function rangeBounds({ from, to }: Range, zone: string): Bucket {
  return {
    startMs: from == null ? -Infinity : isDate(from) ? startOfDate(from, zone) : Date.parse(from),
    endMs: to == null ? Infinity : isDate(to) ? startOfDate(addDays(to, 1), zone) : Date.parse(to),
  };
}

/** Dates move by calendar days, so that a day of 23 hours is compared with a whole day; instants by elapsed time. */
function toPrevious(spec: Spec, current: Bucket, rows: readonly Row[], zone: string): Bucket | null {
  const { compare, range = {} } = spec;
  if (!compare) return null;
  if (typeof compare === 'object' && 'from' in compare) return toSpan(compare, rows, zone);
  const { from, to } = range;
  const lengthMs = current.endMs - current.startMs;
  if (compare === 'previous') {
    if (from == null || to == null || !isDate(from) || !isDate(to)) {
      return { startMs: current.startMs - lengthMs, endMs: current.startMs };
    }
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1;
    return toSpan({ from: addDays(from, -days), to: addDays(from, -1) }, rows, zone);
  }
  const days = compare.shiftDays;
  return {
    startMs: shiftSide(from, current.startMs, { days, isEnd: false }, zone),
    endMs: shiftSide(to, current.endMs, { days, isEnd: true }, zone),
  };
}

/** One side of a range so many days earlier; a date as an end includes its day. */
function shiftSide(
  side: string | null | undefined,
  ms: number,
  { days, isEnd }: { days: number; isEnd: boolean },
  zone: string,
): number {
  if (side == null || !isDate(side)) return shiftWallDays(ms, days, zone);
  return startOfDate(addDays(side, (isEnd ? 1 : 0) - days), zone);
}

/** The same time of day `days` earlier, of two the nearer one; a time that was skipped moves on by what was skipped. */
function shiftWallDays(ms: number, days: number, zone: string): number {
  const wantedMs = wallMs(ms, zone) - days * DAY_MS;
  const straightMs = ms - days * DAY_MS;
  const minutes = Array.from({ length: 2 * 1440 }, (_, index) => straightMs + (index - 1440) * 60_000);
  const fitting = minutes.filter((minute) => wallMs(minute, zone) === wantedMs);
  const offsetBeforeMs = wallMs(straightMs - DAY_MS, zone) - (straightMs - DAY_MS);
  return fitting.reduce(
    (best, minute) => (Math.abs(minute - straightMs) < Math.abs(best - straightMs) ? minute : best),
    fitting[0] ?? wantedMs - offsetBeforeMs,
  );
}
