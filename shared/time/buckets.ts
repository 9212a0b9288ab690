import { DAY_MS, firstDayOfMonth, firstDayOfNextMonth, formatDate, weekdayOf } from './calendar-date.ts';
import type { Zone } from './zone.ts';

export type BucketInterval = 'hour' | 'day' | 'week' | 'month';

/** A calendar: what decides where a bucket begins. */
export interface Calendar {
  zone: Zone;
  weekStart: 'monday' | 'sunday';
}

const HOUR_MS = 3_600_000;

/**
 * Boundaries of the calendar buckets that cover the half-open [startMs, endMs): bucket i is
 * [boundaries[i], boundaries[i + 1]), the first one holds `startMs`, the last one the instant before `endMs`.
 * Nothing for an empty range. A day can have 23 or 25 hours; where clocks move by half an hour, so does one hour.
 */
export function bucketBoundaries(
  calendar: Calendar,
  interval: BucketInterval,
  startMs: number,
  endMs: number,
): number[] {
  if (startMs >= endMs) return [];
  const boundaries = [bucketStartMs(calendar, interval, startMs)];
  let at = boundaries[0] ?? startMs;
  while (at < endMs) {
    at = bucketEndMs(calendar, interval, at);
    boundaries.push(at);
  }
  return boundaries;
}

/** At most so many buckets: an upper bound that costs nothing, to refuse a question before building its axis. */
export function countBucketsAtMost(interval: BucketInterval, startMs: number, endMs: number): number {
  const shortestMs: Record<BucketInterval, number> = {
    hour: HOUR_MS,
    day: 23 * HOUR_MS,
    week: 7 * DAY_MS - HOUR_MS,
    month: 28 * DAY_MS - HOUR_MS,
  };
  return Math.max(0, Math.ceil((endMs - startMs) / shortestMs[interval])) + 1;
}

/** Start of the bucket that holds an instant. */
export function bucketStartMs(calendar: Calendar, interval: BucketInterval, tsMs: number): number {
  const { zone } = calendar;
  if (interval === 'hour') return hourStartMs(zone, tsMs);
  const startMs = zone.startOfDayMs(firstDayOfBucket(calendar, interval, zone.dayIndexAt(tsMs)));
  if (startMs <= tsMs) return startMs;
  // Clocks set back over midnight: the instant wears the old date again although the new day has begun.
  return zone.startOfDayMs(firstDayOfBucket(calendar, interval, zone.dayIndexAt(startMs) - 1));
}

/** End of the bucket that begins at `startMs`. */
export function bucketEndMs(calendar: Calendar, interval: BucketInterval, startMs: number): number {
  const { zone } = calendar;
  if (interval === 'hour') return hourEndMs(zone, startMs);
  let next = firstDayOfNextBucket(interval, zone.dayIndexAt(startMs));
  let endMs = zone.startOfDayMs(next);
  while (endMs <= startMs) endMs = zone.startOfDayMs(++next); // a date that never was is no bucket
  return endMs;
}

/** What a bucket is called: its local date, or for an hour its instant in UTC. */
export function bucketLabel(calendar: Calendar, interval: BucketInterval, startMs: number): string {
  if (interval === 'hour') return new Date(startMs).toISOString();
  return formatDate(calendar.zone.dayIndexAt(startMs));
}

function firstDayOfBucket(calendar: Calendar, interval: BucketInterval, dayIndex: number): number {
  switch (interval) {
    case 'week':
      return dayIndex - daysIntoWeek(calendar, dayIndex);
    case 'month':
      return firstDayOfMonth(dayIndex);
    default:
      return dayIndex;
  }
}

function firstDayOfNextBucket(interval: BucketInterval, dayIndex: number): number {
  switch (interval) {
    case 'week':
      return dayIndex + 7;
    case 'month':
      return firstDayOfNextMonth(dayIndex);
    default:
      return dayIndex + 1;
  }
}

function daysIntoWeek({ weekStart }: Calendar, dayIndex: number): number {
  return weekStart === 'monday' ? weekdayOf(dayIndex) : (weekdayOf(dayIndex) + 1) % 7;
}

/**
 * An hour begins where the wall clock shows :00 and wherever a change of offset lands in another hour: the hour that
 * comes twice in autumn is two buckets, and an hour that half an hour is added to stays one, of 90 minutes.
 */
function hourStartMs(zone: Zone, tsMs: number): number {
  const offsetMs = zone.offsetMs(tsMs);
  const startMs = tsMs - floorMod(tsMs + offsetMs, HOUR_MS);
  const changeMs = lastChangeIn(zone, startMs, tsMs);
  if (changeMs === null) return startMs;
  return beginsHour(zone, changeMs) ? changeMs : hourStartMs(zone, changeMs - 1);
}

function hourEndMs(zone: Zone, startMs: number): number {
  let at = startMs;
  for (;;) {
    const endMs = at + HOUR_MS - floorMod(at + zone.offsetMs(at), HOUR_MS);
    const changeMs = zone.nextChangeMs(at, endMs);
    if (changeMs === null) return endMs;
    if (beginsHour(zone, changeMs)) return changeMs;
    at = changeMs;
  }
}

/** Whether a change of offset at `changeMs` opens an hour: it lands on :00, or in an hour other than the one before. */
function beginsHour(zone: Zone, changeMs: number): boolean {
  const afterMs = changeMs + zone.offsetMs(changeMs);
  const beforeMs = changeMs - 1 + zone.offsetMs(changeMs - 1);
  return floorMod(afterMs, HOUR_MS) === 0 || Math.floor(afterMs / HOUR_MS) !== Math.floor(beforeMs / HOUR_MS);
}

function lastChangeIn(zone: Zone, fromMs: number, toMs: number): number | null {
  let found: number | null = null;
  for (let at = zone.nextChangeMs(fromMs, toMs); at !== null; at = zone.nextChangeMs(at, toMs)) found = at;
  return found;
}

const floorMod = (value: number, by: number): number => ((value % by) + by) % by;
