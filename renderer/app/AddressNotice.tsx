import { Icon } from '../parts/Icon.tsx';
import { useAddress } from '../state/address-store.ts';

/** An address that asks for what does not exist gives the defaults, and says so. */
export function AddressNotice() {
  const problems = useAddress((state) => state.problems);
  const dismiss = useAddress((state) => state.dismissProblems);
  if (problems.length === 0) return null;
  return (
    <div className="address-notice" role="status">
      <Icon name="info" />
      <span>
        Parts of this address were not understood, so the defaults stand in their place:{' '}
        <code>{problems.join('  ')}</code>
      </span>
      <button type="button" className="button-icon" aria-label="Dismiss" title="Dismiss" onClick={dismiss}>
        <Icon name="close" />
      </button>
    </div>
  );
}
