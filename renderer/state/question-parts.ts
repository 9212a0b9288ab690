import type { Filter } from '../../shared/query/filter.ts';
import { type FilterField, FILTER_FIELDS, type ViewAddress } from './address.ts';
import type { DateSpan } from './date-presets.ts';

/** What every question of a view takes from its address. */

export const FIELD_PROPERTY = {
  locale: 'locale',
  release: 'app_version',
  practice: 'practice_id',
  master: 'master_id',
  state: 'state',
} as const satisfies Record<FilterField, string>;

export interface Asked {
  address: ViewAddress;
  environment: string;
  span: DateSpan;
}

export type BarField = 'cohort' | FilterField;

export const BAR_FIELDS: readonly BarField[] = ['cohort', ...FILTER_FIELDS];

export const isFieldSet = ({ cohort, filters }: ViewAddress, field: BarField): boolean =>
  field === 'cohort' ? cohort !== 'all' : filters[field].length > 0;

export const hasFilters = (address: ViewAddress): boolean =>
  BAR_FIELDS.some((field) => isFieldSet(address, field));

/** Environment, dates, filters and cohort; without the clauses that are skipped. */
export function commonParts({ address, environment, span }: Asked, skipped: readonly BarField[]) {
  const { cohort } = address;
  return {
    environment,
    range: { from: span.from, to: span.to },
    filters: filtersOf(address, skipped),
    cohort: cohort === 'all' || skipped.includes('cohort') ? null : { new: cohort === 'new' },
  };
}

function filtersOf({ filters }: ViewAddress, skipped: readonly BarField[]): Filter[] {
  return FILTER_FIELDS.filter((field) => filters[field].length > 0 && !skipped.includes(field)).map(
    (field) => ({
      property: FIELD_PROPERTY[field],
      op: 'is' as const,
      value: filters[field],
    }),
  );
}

export function compareOf({ compare }: ViewAddress) {
  if (compare === 'none') return null;
  return compare === 'previous' ? ('previous' as const) : { shiftDays: compare.shiftDays };
}
