import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { useAddress } from '../../state/address-store.ts';

const PAGES = [
  { id: 'overview', label: 'Overview', title: 'Capture, states and who leads' },
  { id: 'people', label: 'People', title: 'New against returning, and who comes back' },
] as const;

/** Two sheets of one view: each fits a screen. */
export function PageControl() {
  const practices = useAddress(({ address }) => address.practices);
  const go = useAddress((state) => state.go);
  return (
    <SegmentedControl
      label="Page"
      choices={PAGES}
      chosen={practices.page}
      onChoose={(page) => {
        go({ practices: { ...practices, page } });
      }}
    />
  );
}
