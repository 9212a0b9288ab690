import type { ReactNode } from 'react';
import { FILTER_FIELDS, type FilterField } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import type { Calendar } from '../../state/date-presets.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { useIsNarrow } from '../../parts/use-is-narrow.ts';
import { CohortFilter } from './CohortFilter.tsx';
import { CompareFilter } from './CompareFilter.tsx';
import { DateFilter } from './DateFilter.tsx';
import { MoreFilters } from './MoreFilters.tsx';
import { ValueFilter } from './ValueFilter.tsx';
import './filter-bar.css';

interface FilterBarProps {
  calendar: Calendar;
  environment: EnvironmentInfo;
  /** Right end: how much matches. */
  matched: ReactNode;
}

const ALWAYS_SHOWN: readonly FilterField[] = ['locale'];

/** One bar in fixed order: date, compare, then cohort, locale, release, practice, master, state. */
export function FilterBar({ calendar, environment, matched }: FilterBarProps) {
  const filters = useAddress(({ address }) => address.filters);
  const isNarrow = useIsNarrow();
  const isShown = (field: FilterField) =>
    !isNarrow || ALWAYS_SHOWN.includes(field) || filters[field].length > 0;
  const hidden = FILTER_FIELDS.filter((field) => !isShown(field));
  return (
    <div className="filter-bar" role="toolbar" aria-label="Filters">
      <DateFilter calendar={calendar} />
      <CompareFilter calendar={calendar} />
      <span className="filter-bar-divider" />
      <CohortFilter usersDimension={environment.usersDimension} />
      {FILTER_FIELDS.filter(isShown).map((field) => (
        <ValueFilter key={field} field={field} environment={environment} />
      ))}
      {hidden.length > 0 && <MoreFilters fields={hidden} environment={environment} />}
      <span className="filter-bar-space" />
      <span className="filter-bar-matched">{matched}</span>
    </div>
  );
}
