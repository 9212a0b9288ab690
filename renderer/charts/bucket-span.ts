import { addDays, daysBetween, isCalendarDate } from '../../shared/format/calendar.ts';

/** Whether the points of a chart are the days, weeks or months of a calendar. */
export const isTimeAxis = (dates: readonly string[]): boolean =>
  dates.length > 1 && dates.every(isCalendarDate);

/** The days from one bucket to another, whichever comes first; the last bucket is as long as the one before it. */
export function spanOfBuckets(
  dates: readonly string[],
  one: number,
  other: number,
): { from: string; to: string } | null {
  const [first, last] = one <= other ? [one, other] : [other, one];
  const from = dates[first];
  const start = dates[last];
  if (from === undefined || start === undefined) return null;
  const next = dates[last + 1] ?? addDays(start, lengthBefore(dates, last));
  return { from, to: addDays(next, -1) };
}

function lengthBefore(dates: readonly string[], index: number): number {
  const before = dates[index - 1];
  const start = dates[index];
  return before === undefined || start === undefined ? 1 : daysBetween(before, start);
}
