import type { CohortRef } from '../../shared/query/cohort.ts';
import type { Filter } from '../../shared/query/filter.ts';
import { cohortRefOf } from './cohort-choice.ts';
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
  /** Stands in the place of the address' cohort: one that is not saved yet, or another one to compare with. */
  people?: CohortRef | null;
  environment: string;
  span: DateSpan;
}

export type BarField = 'cohort' | FilterField;

export const BAR_FIELDS: readonly BarField[] = ['cohort', ...FILTER_FIELDS];

export const isFieldSet = ({ cohort, filters }: ViewAddress, field: BarField): boolean =>
  field === 'cohort' ? cohort !== 'all' : filters[field].length > 0;

export const hasFilters = (address: ViewAddress): boolean =>
  BAR_FIELDS.some((field) => isFieldSet(address, field));

/** Whose events the questions of a view are about; null: everybody's. */
export const cohortOf = ({ address, people }: Asked, skipped: readonly BarField[] = []): CohortRef | null =>
  people === undefined ? (skipped.includes('cohort') ? null : cohortRefOf(address.cohort)) : people;

/** Environment, dates, filters and cohort; without the clauses that are skipped. */
export function commonParts(asked: Asked, skipped: readonly BarField[]) {
  const { address, environment, span } = asked;
  return {
    environment,
    range: { from: span.from, to: span.to },
    filters: filtersOf(address, skipped),
    cohort: cohortOf(asked, skipped),
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
