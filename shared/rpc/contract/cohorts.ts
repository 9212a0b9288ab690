import { z } from 'zod';
import { CohortDefinition, CohortId } from '../../query/cohort.ts';
import { Count, Instant, method, SMALL_REQUEST_BYTES } from '../method.ts';

/** Saved cohorts (QUERY §2): asked for by id wherever a question names a cohort. They stay on this machine. */

const EnvironmentName = z.string().min(1).max(64);
const LARGEST_DEFINITION_BYTES = 3 * 1024 * 1024; // below what a socket takes; longer lists come by the command line

export const SavedCohort = z.strictObject({
  cohortId: CohortId,
  name: z.string(),
  /** A list of ids shows its length only. */
  definition: CohortDefinition.nullable(),
  listedUsers: Count.nullable(),
  createdAt: Instant,
  changedAt: Instant,
});
export type SavedCohort = z.infer<typeof SavedCohort>;

export const COHORT_METHODS = {
  /** By name. */
  'query.cohorts': method({
    role: 'query',
    kind: 'read',
    cancel: 'queue',
    params: z.strictObject({ environment: EnvironmentName }),
    result: z.strictObject({ cohorts: z.array(SavedCohort) }),
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
  /** Saves a new cohort, or another definition or name under the id that is given. */
  'command.cohort.save': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: z.strictObject({
      environment: EnvironmentName,
      cohortId: CohortId.nullable().default(null),
      name: z.string().trim().min(1).max(200),
      /** `sameAs`: that of a saved cohort, whatever it is, so that a list need not leave the engine to be kept or copied. */
      definition: z.union([CohortDefinition, z.strictObject({ sameAs: CohortId })]),
    }),
    result: SavedCohort,
    maxRequestBytes: LARGEST_DEFINITION_BYTES,
  }),
  /** What was saved is given back, lists too where they could be saved again from here, so that the removal can be undone. */
  'command.cohort.remove': method({
    role: 'engine',
    kind: 'mutation',
    cancel: 'queue',
    params: z.strictObject({ environment: EnvironmentName, cohortId: CohortId }),
    result: SavedCohort,
    maxRequestBytes: SMALL_REQUEST_BYTES,
  }),
} as const;

/** A cohort was saved or removed: lists and answers that name it are out of date. */
export const COHORT_TOPICS = {
  'cohorts.changed': z.strictObject({ environment: z.string(), cohortId: z.string() }),
} as const;
