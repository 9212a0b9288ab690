/** Calendar dates as text `2026-11-19`, without zone: arithmetic and words. */

export type CalendarDate = string;

const DAY_MS = 86_400_000;
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const;

const dayNumber = (date: CalendarDate): number => Math.round(Date.parse(`${date}T00:00:00Z`) / DAY_MS);
const fromDayNumber = (day: number): CalendarDate => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** Exactly `YYYY-MM-DD` and a day that exists. */
export function isCalendarDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const timeMs = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(timeMs) && new Date(timeMs).toISOString().startsWith(text);
}

export const addDays = (date: CalendarDate, days: number): CalendarDate =>
  fromDayNumber(dayNumber(date) + days);

/** Whole days from `a` to `b`; negative when `b` is earlier. */
export const daysBetween = (a: CalendarDate, b: CalendarDate): number => dayNumber(b) - dayNumber(a);

/** 0 is Sunday. */
export const weekdayOf = (date: CalendarDate): number => (((dayNumber(date) + 4) % 7) + 7) % 7;

export const dayOfMonth = (date: CalendarDate): number => Number(date.slice(8, 10));
export const startOfMonth = (date: CalendarDate): CalendarDate => `${date.slice(0, 7)}-01`;

export function addMonths(date: CalendarDate, months: number): CalendarDate {
  const index = yearOf(date) * 12 + monthIndex(date) + months;
  const first = `${String(Math.floor(index / 12)).padStart(4, '0')}-${String((index % 12) + 1).padStart(2, '0')}-01`;
  const lastDay = dayOfMonth(addDays(nextMonth(first), -1));
  return addDays(first, Math.min(dayOfMonth(date), lastDay) - 1);
}

export function startOfWeek(date: CalendarDate, weekStart: 'monday' | 'sunday'): CalendarDate {
  const first = weekStart === 'monday' ? 1 : 0;
  return addDays(date, -((weekdayOf(date) - first + 7) % 7));
}

/** "19 Nov"; with the year when it is not that of `today`. */
export function formatDate(date: CalendarDate, today: CalendarDate): string {
  const text = `${dayOfMonth(date)} ${monthName(date).slice(0, 3)}`;
  return yearOf(date) === yearOf(today) ? text : `${text} ${yearOf(date)}`;
}

/** "19 Nov 2026". */
export const formatFullDate = (date: CalendarDate): string =>
  `${dayOfMonth(date)} ${monthName(date).slice(0, 3)} ${yearOf(date)}`;

/** "Friday 6 November". */
export const formatWeekdayDate = (date: CalendarDate): string =>
  `${WEEKDAYS[weekdayOf(date)] ?? ''} ${dayOfMonth(date)} ${monthName(date)}`;

/** "23 Oct – 19 Nov", "19 Nov", "23 Dec 2025 – 19 Jan"; a year is said when it is not that of `today`. */
export function formatDateRange(from: CalendarDate, to: CalendarDate, today: CalendarDate): string {
  if (from === to) return formatDate(from, today);
  return `${formatDate(from, today)} – ${formatDate(to, today)}`;
}

/** Days in running text: "12 November", "11 to 13 November", "30 October to 2 November". */
export function formatSpanInWords(
  from: CalendarDate,
  to: CalendarDate,
  style: 'long' | 'short' = 'long',
): string {
  const month = (date: CalendarDate) => (style === 'long' ? monthName(date) : monthName(date).slice(0, 3));
  const full = (date: CalendarDate) => `${dayOfMonth(date)} ${month(date)}`;
  if (from === to) return full(from);
  if (from.slice(0, 7) === to.slice(0, 7)) return `${dayOfMonth(from)} to ${full(to)}`;
  return `${full(from)} to ${full(to)}`;
}

/** "November 2026". */
export const formatMonth = (date: CalendarDate): string => `${monthName(date)} ${yearOf(date)}`;

export const weekdayInitials = (weekStart: 'monday' | 'sunday'): { short: string; name: string }[] =>
  Array.from({ length: 7 }, (_, index) => {
    const name = WEEKDAYS[(index + (weekStart === 'monday' ? 1 : 0)) % 7] ?? '';
    return { short: name.slice(0, 2), name };
  });

const yearOf = (date: CalendarDate): number => Number(date.slice(0, 4));
const monthIndex = (date: CalendarDate): number => Number(date.slice(5, 7)) - 1;
const monthName = (date: CalendarDate): string => MONTHS[monthIndex(date)] ?? '';
const nextMonth = (first: CalendarDate): CalendarDate => startOfMonth(addDays(first, 31));
