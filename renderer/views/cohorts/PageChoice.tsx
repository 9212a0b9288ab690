import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { useAddress } from '../../state/address-store.ts';

const PAGES = [
  { id: 'retention', label: 'Retention' },
  { id: 'lifecycle', label: 'Lifecycle' },
  { id: 'saved', label: 'Saved' },
] as const;

/** The pages of the Cohorts view. */
export function PageChoice() {
  const state = useAddress(({ address }) => address.cohorts);
  const go = useAddress((store) => store.go);
  return (
    <SegmentedControl
      label="Page"
      choices={PAGES}
      chosen={state.page}
      onChoose={(page) => {
        go({ cohorts: { ...state, page, chosen: null, saved: null, draft: null } });
      }}
    />
  );
}
