import { RadioMenu } from '../../parts/RadioMenu.tsx';
import type { CohortChoice } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';

const COHORTS: { id: CohortChoice; label: string; detail: string }[] = [
  { id: 'all', label: 'All people', detail: '' },
  { id: 'new', label: 'New', detail: 'first 7 days*' },
  { id: 'returning', label: 'Returning', detail: 'later' },
];

interface CohortMenuProps {
  /** Whether `first_seen_at` comes from the users dimension. */
  usersDimension: boolean;
  onChosen: () => void;
}

export function CohortMenu({ usersDimension, onChosen }: CohortMenuProps) {
  const cohort = useAddress(({ address }) => address.cohort);
  const go = useAddress((state) => state.go);
  return (
    <>
      <RadioMenu
        label="Cohort"
        choices={COHORTS}
        chosen={cohort}
        onChoose={(id) => {
          go({ cohort: id });
          onChosen();
        }}
      />
      {!usersDimension && <div className="menu-note">Counted from the first event in the store</div>}
    </>
  );
}
