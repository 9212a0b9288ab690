import { formatDateRange } from '../../shared/format/calendar.ts';
import { FILTER_FIELDS, type FilterField, type ViewAddress } from './address.ts';
import { type Calendar, presetLabel } from './date-presets.ts';
import { FIELD_LABELS, nameOf, VIEW_LABELS } from './names.ts';
import type { EnvironmentInfo } from './session-store.ts';
import { cohortLabel } from './saved-cohorts-store.ts';
import { spanOf } from './span-of.ts';

/** An address in words: what exports, passport, saved views and undo say of it. */

export function datesInWords({ range }: ViewAddress, calendar: Calendar): string {
  const { from, to } = spanOf(range, calendar);
  return formatDateRange(from, to, calendar.today);
}

export function compareInWords({ compare }: ViewAddress): string {
  if (compare === 'none') return 'no comparison';
  return compare === 'previous' ? 'previous period' : `${compare.shiftDays} days earlier`;
}

/** "Locale sv or nb"; empty without filters. */
export function filtersInWords(address: ViewAddress, environment: EnvironmentInfo | null): string[] {
  const fields = FILTER_FIELDS.filter((field) => address.filters[field].length > 0).map(
    (field) => `${FIELD_LABELS[field]} ${valuesInWords(field, address.filters[field], environment)}`,
  );
  return address.cohort === 'all' ? fields : [cohortLabel(address.cohort), ...fields];
}

function valuesInWords(
  field: FilterField,
  values: readonly string[],
  environment: EnvironmentInfo | null,
): string {
  return values
    .map((value) => (environment === null ? value : nameOf(field, value, environment)))
    .join(' or ');
}

/** The first thing in which two addresses differ, as the later one has it. */
export function changeInWords(
  before: ViewAddress,
  after: ViewAddress,
  environment: EnvironmentInfo | null,
): string {
  if (before.view !== after.view) return VIEW_LABELS[after.view];
  if (before.environment !== after.environment) return `environment ${after.environment ?? 'as it opens'}`;
  if (isOther(before.range, after.range))
    return 'preset' in after.range
      ? presetLabel(after.range.preset)
      : `${after.range.from} to ${after.range.to}`;
  if (isOther(before.compare, after.compare)) return compareInWords(after);
  if (before.cohort !== after.cohort) return cohortLabel(after.cohort);
  const field = FILTER_FIELDS.find((each) => isOther(before.filters[each], after.filters[each]));
  if (field !== undefined) {
    const values = after.filters[field];
    return values.length === 0
      ? `all ${FIELD_LABELS[field].toLowerCase()}s`
      : `${FIELD_LABELS[field]} ${valuesInWords(field, values, environment)}`;
  }
  if (isOther(before.sort, after.sort)) return 'order of the rows';
  if (isOther(before.tables, after.tables)) return 'chart or table';
  return `choices of ${VIEW_LABELS[after.view]}`;
}

const isOther = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b);
