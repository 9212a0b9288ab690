import { create } from 'zustand';
import type { SavedCohort } from '../../shared/rpc/contract/cohorts.ts';
import type { Backend } from '../link/backend.ts';
import type { Coordinator } from '../link/coordinator.ts';
import { type CohortChoice, savedIdOf } from './cohort-choice.ts';

/** The saved cohorts of the open environment, by name; null until they are read. */
export const useSavedCohorts = create<{ cohorts: readonly SavedCohort[] | null }>()(() => ({
  cohorts: null,
}));

/** Keeps the list in step with the catalogue, and has answers that name a changed cohort asked anew; returns how to stop. */
export function followSavedCohorts(
  { backend, coordinator }: { backend: Backend; coordinator: Coordinator },
  environment: string,
): () => void {
  let isStopped = false;
  const read = () => {
    backend.call('query.cohorts', { environment }).then(
      ({ cohorts }) => {
        if (!isStopped) useSavedCohorts.setState({ cohorts });
      },
      () => undefined, // the link says why; the list stays as it was
    );
  };
  read();
  const stops = [
    backend.onTopic('cohorts.changed', (changed) => {
      if (changed.environment !== environment) return;
      coordinator.askAgain((key) => key.includes(`"${changed.cohortId}"`));
      read();
    }),
    backend.onMissed(read),
  ];
  return () => {
    isStopped = true;
    useSavedCohorts.setState({ cohorts: null });
    for (const stop of stops) stop();
  };
}

/** What was just saved is known at once, before the list is read again. */
export function keepSaved(saved: SavedCohort): void {
  const { cohorts } = useSavedCohorts.getState();
  const others = (cohorts ?? []).filter(({ cohortId }) => cohortId !== saved.cohortId);
  useSavedCohorts.setState({ cohorts: [...others, saved].toSorted((a, b) => (a.name < b.name ? -1 : 1)) });
}

const savedCohort = (cohortId: string | null): SavedCohort | null =>
  useSavedCohorts.getState().cohorts?.find((cohort) => cohort.cohortId === cohortId) ?? null;

const PLAIN_LABELS: Record<string, string> = {
  all: 'All people',
  new: 'New people',
  returning: 'Returning people',
};

/** What a choice is called; a saved one by its name, or by its id where it is gone or not read yet. */
export function cohortLabel(choice: CohortChoice): string {
  const id = savedIdOf(choice);
  return id === null ? (PLAIN_LABELS[choice] ?? choice) : (savedCohort(id)?.name ?? id);
}
