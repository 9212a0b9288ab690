import { RadioMenu } from '../../parts/RadioMenu.tsx';
import type { CohortChoice } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { FilterButton } from './FilterButton.tsx';

const COHORTS: { id: CohortChoice; label: string; detail: string }[] = [
  { id: 'all', label: 'All people', detail: '' },
  { id: 'new', label: 'New', detail: 'first 7 days*' },
  { id: 'returning', label: 'Returning', detail: 'later' },
];

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
      {(close) => (
        <>
          <RadioMenu
            label="Cohort"
            choices={COHORTS}
            chosen={cohort}
            onChoose={(id) => {
              go({ cohort: id });
              close();
            }}
          />
          {!usersDimension && <div className="menu-note">Counted from the first event in the store</div>}
        </>
      )}
    </FilterButton>
  );
}
