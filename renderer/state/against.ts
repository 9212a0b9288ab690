import type { ViewAddress } from './address.ts';
import type { CohortChoice } from './cohort-choice.ts';
import { comparedInWords } from './compared-words.ts';
import type { DateSpan } from './date-presets.ts';
import { cohortLabel } from './saved-cohorts-store.ts';

/** Views that can be compared with another cohort instead of other dates. */
const isComparing = ({ view, cohorts }: ViewAddress): boolean =>
  view === 'funnels' || (view === 'cohorts' && cohorts.page === 'retention');

/** The cohort that the open view is compared with; null: with dates, or with nothing. */
export function againstOf(address: ViewAddress): CohortChoice | null {
  if (!isComparing(address)) return null;
  return address.view === 'funnels' ? address.funnels.against : address.cohorts.against;
}

/** Which comparisons with cohorts there are: new and returning people are no set that a retention could follow. */
export const canCompareWith = (address: ViewAddress, choice: CohortChoice): boolean =>
  isComparing(address) &&
  choice !== address.cohort &&
  (address.view === 'funnels' || (choice !== 'new' && choice !== 'returning'));

export const withAgainst = (
  { view, funnels, cohorts }: ViewAddress,
  against: CohortChoice | null,
): Partial<ViewAddress> =>
  view === 'funnels' ? { funnels: { ...funnels, against } } : { cohorts: { ...cohorts, against } };

/** The same view without the comparison of dates where a cohort stands in its place. */
export const withoutDates = (address: ViewAddress): ViewAddress =>
  againstOf(address) === null ? address : { ...address, compare: 'none' };

/** "previous 28 days", or the name of the cohort; empty without a comparison. */
export function comparisonInWords(address: ViewAddress, span: DateSpan): string {
  const against = againstOf(address);
  return against === null ? comparedInWords(address, span) : cohortLabel(against);
}
