import { inView } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';

/** Opens what is known of a saved cohort. */
export function openCohort(cohortId: string): void {
  const { address, go } = useAddress.getState();
  go({
    ...inView(address, 'cohorts'),
    cohorts: { ...address.cohorts, page: 'saved', chosen: null, saved: cohortId, draft: null },
  });
}
