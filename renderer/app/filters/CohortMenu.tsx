import { inView } from '../../state/address.ts';
import { RadioMenu } from '../../parts/RadioMenu.tsx';
import { useAddress } from '../../state/address-store.ts';
import { useCohortChoices } from '../../cohorts/use-cohort-choices.ts';

interface CohortMenuProps {
  /** Whether `first_seen_at` comes from the users dimension. */
  usersDimension: boolean;
  onChosen: () => void;
}

export function CohortMenu({ usersDimension, onChosen }: CohortMenuProps) {
  const address = useAddress((state) => state.address);
  const go = useAddress((state) => state.go);
  const choices = useCohortChoices();
  return (
    <>
      <RadioMenu
        label="Cohort"
        choices={choices}
        chosen={address.cohort}
        onChoose={(id) => {
          go({ cohort: id });
          onChosen();
        }}
      />
      {!usersDimension && <div className="menu-note">Counted from the first event in the store</div>}
      <div className="menu-foot">
        <span>{choices.length === PLAIN_CHOICES ? 'No cohort is saved yet' : ''}</span>
        <button
          type="button"
          className="button-quiet"
          onClick={() => {
            go({
              ...inView(address, 'cohorts'),
              cohorts: { ...address.cohorts, page: 'saved', chosen: null, saved: null, draft: null },
            });
            onChosen();
          }}
        >
          Saved cohorts
        </button>
      </div>
    </>
  );
}

const PLAIN_CHOICES = 3;
