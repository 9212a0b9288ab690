/**
 * Calendar dates as whole days since 1970-01-01 (`dayIndex`), proleptic Gregorian, without zone. Plain arithmetic, so
 * that no library's idea of local time can creep in.
 */

export const DAY_MS = 86_400_000;

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** `2026-11-19` → 20776; null for anything else, also for days that no calendar has (`2026-02-31`). */
export function parseDate(text: string): number | null {
  const match = DATE.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null;
  return toDayIndex(year, month, day);
}

/** Years 0 to 9999 as four digits. */
export function formatDate(dayIndex: number): string {
  const { year, month, day } = toCivil(dayIndex);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

export function toDayIndex(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // unlike Date.UTC it does not read years below 100 as 19xx
  return Math.floor(date.getTime() / DAY_MS);
}

export interface CivilDate {
  year: number;
  /** 1 to 12. */
  month: number;
  /** 1 to 31. */
  day: number;
}

export function toCivil(dayIndex: number): CivilDate {
  const date = new Date(dayIndex * DAY_MS);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** 0 = Monday … 6 = Sunday. */
export function weekdayOf(dayIndex: number): number {
  const MONDAY_OFFSET = 3; // 1970-01-01 was a Thursday
  return (((dayIndex + MONDAY_OFFSET) % 7) + 7) % 7;
}

export function firstDayOfMonth(dayIndex: number): number {
  const { year, month } = toCivil(dayIndex);
  return toDayIndex(year, month, 1);
}

export function firstDayOfNextMonth(dayIndex: number): number {
  const { year, month } = toCivil(dayIndex);
  return toDayIndex(year, month + 1, 1); // month 13 is January of the next year
}

function daysInMonth(year: number, month: number): number {
  return toCivil(toDayIndex(year, month + 1, 1) - 1).day;
}
