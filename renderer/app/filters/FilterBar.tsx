import type { ReactNode } from 'react';
import { useIsNarrow } from '../../parts/use-is-narrow.ts';
import { useAddress } from '../../state/address-store.ts';
import type { Calendar } from '../../state/date-presets.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { splitBarFields, type UnfitFields } from './bar-fields.ts';
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
  /** Filters that the view cannot apply, each with the reason. */
  unfit?: UnfitFields;
  /** Choices of the view itself, before the filters. */
  children?: ReactNode;
  /** Little room, because of what stands beside or in the bar: so many filters are shown that are not set. */
  tightTo?: number | null;
}

/** One bar in fixed order: date, compare, then cohort, locale, release, practice, master, state. */
export function FilterBar({
  calendar,
  environment,
  matched,
  unfit = {},
  children,
  tightTo = null,
}: FilterBarProps) {
  const address = useAddress((state) => state.address);
  const isNarrow = useIsNarrow();
  const { shown, folded } = splitBarFields(address, {
    isNarrow: isNarrow || tightTo !== null,
    unfit,
    ...(tightTo === null ? {} : { shown: tightTo }),
  });
  return (
    <div className="filter-bar" role="toolbar" aria-label="Filters">
      <DateFilter calendar={calendar} />
      <CompareFilter calendar={calendar} />
      <span className="filter-bar-divider" />
      {children !== undefined && <span className="filter-own">{children}</span>}
      {shown.map((field) =>
        field === 'cohort' ? (
          <CohortFilter key={field} usersDimension={environment.usersDimension} unfit={unfit[field]} />
        ) : (
          <ValueFilter key={field} field={field} environment={environment} unfit={unfit[field]} />
        ),
      )}
      {folded.length > 0 && <MoreFilters fields={folded} environment={environment} />}
      <span className="filter-bar-space" />
      <span className="filter-bar-matched">{matched}</span>
    </div>
  );
}
