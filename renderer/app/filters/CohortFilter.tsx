import { useAddress } from '../../state/address-store.ts';
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
  return (
    <FilterButton
      name="Cohort"
      value={cohort}
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
