import { daysBetween } from '../../shared/format/calendar.ts';
import { formatQuantity } from '../../shared/format/numbers.ts';
import type { ViewAddress } from './address.ts';
import type { DateSpan } from './date-presets.ts';

/** "previous 28 days", "2 weeks earlier"; empty without a comparison. */
export function comparedInWords({ compare }: Pick<ViewAddress, 'compare'>, { from, to }: DateSpan): string {
  if (compare === 'none') return '';
  if (compare === 'previous') return `previous ${formatQuantity(daysBetween(from, to) + 1, 'day')}`;
  const weeks = compare.shiftDays / 7;
  const length = Number.isInteger(weeks)
    ? formatQuantity(weeks, 'week')
    : formatQuantity(compare.shiftDays, 'day');
  return `${length} earlier`;
}
