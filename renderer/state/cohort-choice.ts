import { CohortId, type CohortRef } from '../../shared/query/cohort.ts';

/** Whose events count: everybody's, those of new or returning people, or those of a saved cohort. */

const PLAIN_COHORTS = ['all', 'new', 'returning'] as const;

export type CohortChoice = (typeof PLAIN_COHORTS)[number] | `saved:${string}`;

const SAVED = 'saved:';

export const savedChoice = (cohortId: string): CohortChoice => `${SAVED}${cohortId}`;

/** The id of a saved cohort; null for the others. */
export const savedIdOf = (choice: CohortChoice): string | null =>
  choice.startsWith(SAVED) ? choice.slice(SAVED.length) : null;

/** What a question names; null: everybody. */
export function cohortRefOf(choice: CohortChoice): CohortRef | null {
  return choice === 'all' ? null : (savedIdOf(choice) ?? { new: choice === 'new' });
}

export function parseCohortChoice(text: string): CohortChoice | undefined {
  const plain = PLAIN_COHORTS.find((each) => each === text);
  if (plain !== undefined) return plain;
  const id = text.startsWith(SAVED) ? text.slice(SAVED.length) : '';
  return CohortId.safeParse(id).success ? savedChoice(id) : undefined;
}
