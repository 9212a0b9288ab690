import { useAddress } from '../../state/address-store.ts';
import { CohortMenu } from './CohortMenu.tsx';
import { FilterButton } from './FilterButton.tsx';

export function CohortFilter({ usersDimension }: { usersDimension: boolean }) {
  const cohort = useAddress(({ address }) => address.cohort);
  const go = useAddress((state) => state.go);
  return (
    <FilterButton
      name="Cohort"
      value={cohort}
      letter="c"
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
