import type { Interval, WeekStart } from './types.ts';

/** Calendar of a zone, asked from Intl instant by instant. A date is the text 2026-11-19. */

const QUARTER_MS = 15 * 60_000; // since 2000 every zone changes its offset on a quarter of an hour
const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

/** What the wall clock shows, as if it were UTC. */
export function wallMs(ms: number, zone: string): number {
  return ms + offsetAt(quarterOf(ms), zone);
}

const quarterOf = (ms: number): number => Math.floor(ms / QUARTER_MS) * QUARTER_MS;

function offsetAt(quarterMs: number, zone: string): number {
  const key = `${zone} ${quarterMs}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(quarterMs)) parts[type] = Number(value);
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = parts;
  const offset = Date.UTC(year, month - 1, day, hour, minute, second) - quarterMs;
  offsets.set(key, offset);
  return offset;
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

export const dateOf = (ms: number, zone: string): string => isoDate(wallMs(ms, zone));
const isoDate = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
export const addDays = (date: string, days: number): string => isoDate(Date.parse(date) + days * DAY_MS);

/** The first instant at which the calendar of the zone shows `date` or, where it skips that day, a later one. */
export function startOfDate(date: string, zone: string): number {
  const key = `${zone} ${date}`;
  let ms = startsOfDates.get(key) ?? Date.parse(date) - DAY_MS;
  while (dateOf(ms, zone) < date) ms += QUARTER_MS;
  startsOfDates.set(key, ms);
  return ms;
}

const startsOfDates = new Map<string, number>();

export interface Calendar {
  zone: string;
  weekStart: WeekStart;
}

/** First date of the day, week or month that holds `date`. */
function firstDateOf(date: string, interval: 'day' | 'week' | 'month', weekStart: WeekStart): string {
  if (interval === 'day') return date;
  if (interval === 'month') return `${date.slice(0, 8)}01`;
  const weekday = new Date(date).getUTCDay();
  return addDays(date, -((weekday + (weekStart === 'monday' ? 6 : 0)) % 7));
}

function firstDateAfter(first: string, interval: 'day' | 'week' | 'month'): string {
  if (interval === 'day') return addDays(first, 1);
  if (interval === 'week') return addDays(first, 7);
  return `${addDays(first, 31).slice(0, 8)}01`;
}

/**
 * A new hour begins when the clock shows a full hour, or jumps into another one. So the hour that is repeated in
 * autumn is two hours, and where clocks move by half an hour one hour lasts 90 minutes or 30.
 */
function startOfHour(ms: number, zone: string): number {
  const hourKey = (at: number) => Math.floor(wallMs(at, zone) / 3_600_000);
  let quarter = quarterOf(ms);
  while (wallMs(quarter, zone) % 3_600_000 !== 0 && hourKey(quarter - QUARTER_MS) === hourKey(quarter)) {
    quarter -= QUARTER_MS;
  }
  return quarter;
}

function endOfHour(startMs: number, zone: string): number {
  let ms = startMs + QUARTER_MS;
  while (startOfHour(ms, zone) !== ms) ms += QUARTER_MS;
  return ms;
}

const hoursBefore = new Map<string, number>();

/** Start of the calendar hour that many hours before the one that begins at `startMs`. */
export function startOfHourBefore(startMs: number, hours: number, zone: string): number {
  let ms = startMs;
  for (let hour = 0; hour < hours; hour++) {
    const key = `${zone} ${ms}`;
    const before = hoursBefore.get(key) ?? startOfHour(ms - 1, zone);
    hoursBefore.set(key, before);
    ms = before;
  }
  return ms;
}

export interface Bucket {
  startMs: number;
  endMs: number;
}

/** The calendar bucket that holds an instant. */
export function bucketAt(ms: number, interval: Interval, { zone, weekStart }: Calendar): Bucket {
  if (interval === 'hour') {
    const startMs = startOfHour(ms, zone);
    return { startMs, endMs: endOfHour(startMs, zone) };
  }
  const first = firstDateOf(dateOf(ms, zone), interval, weekStart);
  return { startMs: startOfDate(first, zone), endMs: startOfDate(firstDateAfter(first, interval), zone) };
}

/** The calendar buckets that the half-open range touches, in order. */
export function bucketsOf(range: Bucket, interval: Interval, calendar: Calendar): Bucket[] {
  const found: Bucket[] = [];
  for (let ms = range.startMs; ms < range.endMs; ms = found.at(-1)?.endMs ?? Infinity) {
    found.push(bucketAt(ms, interval, calendar));
  }
  return found;
}
