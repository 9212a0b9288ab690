export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** A calendar date as whole days since 1970-01-01. */
export type DayNumber = number;

export const isoDateOf = (day: DayNumber): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** 0 = Monday … 6 = Sunday. */
const weekdayOf = (day: DayNumber): number => (day + 3) % 7; // 1970-01-01 was a Thursday

export const isWeekend = (day: DayNumber): boolean => weekdayOf(day) >= 5;

/**
 * Europe/Oslo: UTC+1, and UTC+2 from 01:00 UTC of the last Sunday of March to 01:00 UTC of the last Sunday of October.
 * Written out so that the bytes of a sample do not depend on the zone data of the machine that writes it.
 */
export function osloOffsetMs(tsMs: number): number {
  const year = new Date(tsMs).getUTCFullYear();
  const isSummer = tsMs >= lastSundayMs(year, 2) + HOUR_MS && tsMs < lastSundayMs(year, 9) + HOUR_MS;
  return isSummer ? 2 * HOUR_MS : HOUR_MS;
}

function lastSundayMs(year: number, month: number): number {
  const lastDay = Date.UTC(year, month + 1, 0) / DAY_MS;
  return (lastDay - ((weekdayOf(lastDay) + 1) % 7)) * DAY_MS;
}

/** The instant at which Oslo's clocks show this date and time of day. */
export function wallToUtcMs(day: DayNumber, timeOfDayMs: number): number {
  const wallMs = day * DAY_MS + timeOfDayMs;
  return wallMs - osloOffsetMs(wallMs - osloOffsetMs(wallMs - HOUR_MS));
}

export const localDayOf = (tsMs: number): DayNumber => Math.floor((tsMs + osloOffsetMs(tsMs)) / DAY_MS);

/** Hour on Oslo's clocks, 0..23. */
export const localHourOf = (tsMs: number): number =>
  Math.floor(((tsMs + osloOffsetMs(tsMs)) % DAY_MS) / HOUR_MS);
