import { CohortDefinition } from '../../shared/query/cohort.ts';
import type { CatalogueSnapshot } from '../catalogue/types.ts';
import { AnswerCache } from './results/answer-cache.ts';

/** Saved cohorts as they stand now; a definition is parsed once per version, lists of a million ids included. */
export interface CohortBook {
  find: (environment: string, cohortId: string) => CohortDefinition | null;
}

const CACHED_COHORTS = 20;

export function createCohortBook(
  withSnapshot: <T>(use: (snapshot: CatalogueSnapshot) => T) => T,
): CohortBook {
  const parsed = new AnswerCache<CohortDefinition>(CACHED_COHORTS);
  return {
    find(environment, cohortId) {
      const row = withSnapshot((snapshot) => snapshot.cohort(environment, cohortId));
      if (row === undefined) return null;
      const key = String(row.version); // counted over the whole workspace
      const definition = parsed.get(key) ?? CohortDefinition.parse(JSON.parse(row.definition));
      parsed.set(key, definition);
      return definition;
    },
  };
}
