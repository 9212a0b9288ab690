import { DAY_MS, formatDate, parseDate } from './calendar-date.ts';
import type { Zone } from './zone.ts';

/** A range as QUERY.md writes it: dates include both days, instants are half-open, null is unbounded. */
export interface RangeText {
  from: string | null;
  to: string | null;
}

/** Half-open; null is unbounded. */
export interface RangeMs {
  startMs: number | null;
  endMs: number | null;
}

export interface ClosedRangeMs extends RangeMs {
  startMs: number;
  endMs: number;
}

export function resolveRange({ from, to }: RangeText, zone: Zone): RangeMs {
  return {
    startMs: from === null ? null : sideMs(from, zone, 0),
    endMs: to === null ? null : sideMs(to, zone, 1),
  };
}

/** `addDays`: 1 for the end of a range given as a date, which that day belongs to. */
function sideMs(side: string, zone: Zone, addDays: 0 | 1): number {
  const dayIndex = parseDate(side);
  return dayIndex === null ? Date.parse(side) : zone.startOfDayMs(dayIndex + addDays);
}

/**
 * The same length directly before: as many calendar days where both sides are dates, else as much elapsed time.
 * Null where a side is unbounded.
 */
export function previousRange({ from, to }: RangeText, zone: Zone): ClosedRangeMs | null {
  if (from === null || to === null) return null;
  const [fromDay, toDay] = [parseDate(from), parseDate(to)];
  if (fromDay !== null && toDay !== null) {
    return { startMs: zone.startOfDayMs(2 * fromDay - toDay - 1), endMs: zone.startOfDayMs(fromDay) };
  }
  const [startMs, endMs] = [sideMs(from, zone, 0), sideMs(to, zone, 1)];
  return { startMs: startMs - (endMs - startMs), endMs: startMs };
}

/** So many calendar days earlier: the wall clock of an instant stays, also over a change of offset. */
export function shiftRange({ from, to }: RangeText, days: number, zone: Zone): RangeMs {
  return resolveRange({ from: shiftSide(from, days, zone), to: shiftSide(to, days, zone) }, zone);
}

function shiftSide(side: string | null, days: number, zone: Zone): string | null {
  if (side === null) return null;
  const dayIndex = parseDate(side);
  if (dayIndex !== null) return formatDate(dayIndex - days);
  return new Date(shiftInstant(Date.parse(side), days, zone)).toISOString();
}

function shiftInstant(tsMs: number, days: number, zone: Zone): number {
  const sinceMidnightMs = tsMs + zone.offsetMs(tsMs) - zone.dayIndexAt(tsMs) * DAY_MS;
  const wallMs = (zone.dayIndexAt(tsMs) - days) * DAY_MS + sinceMidnightMs;
  return wallToInstant(wallMs, zone, tsMs - days * DAY_MS);
}

/** The instant whose wall clock it is; of two the one nearer to `nearMs`; inside a gap the clock moves on by it. */
function wallToInstant(wallMs: number, zone: Zone, nearMs: number): number {
  const candidates = [wallMs - zone.offsetMs(nearMs - DAY_MS), wallMs - zone.offsetMs(nearMs + DAY_MS)];
  const fitting = candidates.filter((tsMs) => tsMs + zone.offsetMs(tsMs) === wallMs);
  const usable = fitting.length > 0 ? fitting : candidates.slice(0, 1);
  return usable.reduce((best, tsMs) => (Math.abs(tsMs - nearMs) < Math.abs(best - nearMs) ? tsMs : best));
}
