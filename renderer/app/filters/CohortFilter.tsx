import { useAddress } from '../../state/address-store.ts';
import { savedIdOf } from '../../state/cohort-choice.ts';
import { cohortLabel, useSavedCohorts } from '../../state/saved-cohorts-store.ts';
import { CohortMenu } from './CohortMenu.tsx';
import { FilterButton } from './FilterButton.tsx';

interface CohortFilterProps {
  usersDimension: boolean;
  /** Why the view cannot apply it. */
  unfit: string | undefined;
}

export function CohortFilter({ usersDimension, unfit }: CohortFilterProps) {
  const cohort = useAddress(({ address }) => address.cohort);
  const go = useAddress((state) => state.go);
  useSavedCohorts((state) => state.cohorts); // names come with the list
  return (
    <FilterButton
      name="Cohort"
      value={savedIdOf(cohort) === null ? cohort : cohortLabel(cohort)}
      letter="c"
      unfit={unfit}
      onRemove={
        cohort === 'all'
          ? undefined
          : () => {
              go({ cohort: 'all' });
            }
      }
    >
      {(close) => <CohortMenu usersDimension={usersDimension} onChosen={close} />}
    </FilterButton>
  );
}
