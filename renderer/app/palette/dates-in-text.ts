import { addDays, isCalendarDate } from '../../../shared/format/calendar.ts';
import type { DateSpan } from '../../state/date-presets.ts';

const MOST_DAYS = 3_660;

/** "2026-10-01 to 2026-10-20", "2026-10-01", "last 45 days", "last 6 weeks"; null for what is none of these. */
export function datesInText(text: string, today: string): DateSpan | null {
  const last = /^(?:last\s+)?(\d{1,4})\s*(d|days?|w|weeks?)$/i.exec(text.trim());
  if (last !== null) {
    const days = Number(last[1]) * (last[2]?.toLowerCase().startsWith('w') === true ? 7 : 1);
    return days >= 1 && days <= MOST_DAYS ? { from: addDays(today, 1 - days), to: today } : null;
  }
  const dates = text.match(/\d{4}-\d{2}-\d{2}/g) ?? [];
  const rest = text.replaceAll(/\d{4}-\d{2}-\d{2}|to|until|–|-|\.\.|\s/gi, '');
  if (dates.length === 0 || dates.length > 2 || rest !== '' || !dates.every(isCalendarDate)) return null;
  const [from = '', to = from] = dates.toSorted();
  return { from, to };
}
