import { CohortDefinition } from '../../shared/query/cohort.ts';
import type { SavedCohort } from '../../shared/rpc/contract/cohorts.ts';
import type { CohortRow } from './types.ts';

export function savedCohortOf({ cohortId, name, ...row }: CohortRow): SavedCohort {
  const definition = CohortDefinition.parse(JSON.parse(row.definition));
  const isList = 'users' in definition;
  return {
    cohortId,
    name,
    definition: isList ? null : definition,
    listedUsers: isList ? definition.users.length : null,
    createdAt: new Date(row.createdAtMs).toISOString(),
    changedAt: new Date(row.changedAtMs).toISOString(),
  };
}
