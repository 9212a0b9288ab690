import type { CohortDefinition } from '../../../../shared/query/cohort.ts';
import type { SavedCohort } from '../../../../shared/rpc/contract/cohorts.ts';
import type { Backend } from '../../../link/backend.ts';
import { keepSaved } from '../../../state/saved-cohorts-store.ts';
import { useNotice } from '../../../state/notice-store.ts';

/** What is done with saved cohorts; a failure is said where it happened. */

interface Place {
  backend: Backend;
  environment: string;
}

interface Saving {
  cohortId: string | null;
  name: string;
  definition: CohortDefinition | { sameAs: string };
}

export const saveCohort = ({ backend, environment }: Place, saving: Saving): Promise<SavedCohort | null> =>
  told(async () => {
    const saved = await backend.call('command.cohort.save', { environment, ...saving });
    keepSaved(saved);
    useNotice.getState().say(`Saved ${saved.name}`);
    return saved;
  });

export const duplicateCohort = (place: Place, { cohortId, name }: SavedCohort): Promise<SavedCohort | null> =>
  saveCohort(place, {
    cohortId: null,
    name: `Copy of ${name}`.slice(0, 200),
    definition: { sameAs: cohortId },
  });

/** What was removed comes back under its id, unless the list is too long to be given back. */
export const removeCohort = (place: Place, { cohortId }: SavedCohort): Promise<SavedCohort | null> =>
  told(async () => {
    const { backend, environment } = place;
    const removed = await backend.call('command.cohort.remove', { environment, cohortId });
    const { name, definition } = removed;
    useNotice.getState().say(
      `Removed ${name}`,
      definition === null
        ? undefined
        : {
            label: 'Undo',
            run: () => void saveCohort(place, { cohortId, name, definition }),
          },
    );
    return removed;
  });

async function told<T>(change: () => Promise<T>): Promise<T | null> {
  try {
    return await change();
  } catch (error) {
    useNotice.getState().warn(error instanceof Error ? error.message : 'That could not be saved');
    return null;
  }
}
