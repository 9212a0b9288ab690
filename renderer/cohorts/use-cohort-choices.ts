import { useMemo } from 'react';
import type { RadioChoice } from '../parts/RadioMenu.tsx';
import { type CohortChoice, savedChoice } from '../state/cohort-choice.ts';
import { useSavedCohorts } from '../state/saved-cohorts-store.ts';
import { kindInWords } from './definition-words.ts';

const PLAIN: readonly RadioChoice<CohortChoice>[] = [
  { id: 'all', label: 'All people', detail: '' },
  { id: 'new', label: 'New', detail: 'first 7 days*' },
  { id: 'returning', label: 'Returning', detail: 'later' },
];

/** Everybody, new, returning, and every saved cohort by its name. */
export function useCohortChoices(): readonly RadioChoice<CohortChoice>[] {
  const cohorts = useSavedCohorts((state) => state.cohorts);
  return useMemo(
    () => [
      ...PLAIN,
      ...(cohorts ?? []).map(({ cohortId, name, definition }) => ({
        id: savedChoice(cohortId),
        label: name,
        detail: kindInWords(definition).toLowerCase(),
      })),
    ],
    [cohorts],
  );
}
