import { addDays } from '../../../../shared/format/calendar.ts';
import { toLocalTime } from '../../../../shared/format/local-time.ts';

const DATE_LENGTH = 10;
const HOUR_LENGTH = 13; // 2026-11-17T06

/** The point of a time axis that holds an instant; −1 where none does. The last point is as long as the one before. */
export function indexOfInstant(dates: readonly string[], instantMs: number, zone: string): number {
  const { date, time } = toLocalTime(new Date(instantMs).toISOString(), zone);
  const [first, second] = dates;
  if (first === undefined) return -1;
  if (first.length > DATE_LENGTH) {
    const hour = `${date}${first.charAt(DATE_LENGTH)}${time}`.slice(0, HOUR_LENGTH);
    return dates.findIndex((each) => each.startsWith(hour));
  }
  const isDaily = second === undefined || second === addDays(first, 1);
  if (isDaily) return dates.indexOf(date);
  const index = dates.findLastIndex((each) => each <= date);
  const end = dates[index + 1] ?? afterLast(dates);
  return index >= 0 && date < end ? index : -1;
}

function afterLast(dates: readonly string[]): string {
  const [before = '', last = ''] = dates.slice(-2);
  let days = 1;
  while (addDays(before, days) < last) days += 1;
  return addDays(last, days);
}
