import { SegmentedControl } from '../../parts/SegmentedControl.tsx';
import { useAddress } from '../../state/address-store.ts';

const LENSES = [
  { id: 'today', label: 'Today', title: 'Every bucket of the chosen dates' },
  { id: 'changes', label: '90 days', title: 'The last 90 days as levels: only where they changed' },
] as const;

/** Two speeds (S0-27): what happens now, and what has changed for good. */
export function LensControl() {
  const address = useAddress((state) => state.address);
  const go = useAddress((state) => state.go);
  const { practices, range } = address;
  return (
    <SegmentedControl
      label="Lens"
      choices={LENSES}
      chosen={practices.lens}
      onChoose={(lens) => {
        const isUnmoved = 'preset' in range && range.preset === '90d';
        go({
          practices: { ...practices, lens },
          ...(lens === 'changes'
            ? { range: { preset: '90d' } }
            : isUnmoved
              ? { range: { preset: '28d' } }
              : {}),
        });
      }}
    />
  );
}
