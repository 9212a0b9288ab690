import { z } from 'zod';
import { EventRef, Filter } from './filter.ts';

/**
 * A cohort is a saved set of users: a list of ids, rules that each user is held against, or a cell of another question.
 * An event counts if its user is in the set. New and returning users are none: they change with the time of the event.
 */

const UserId = z.string().min(1).max(128);
const MOST_LISTED_USERS = 1_000_000;

/** Sides as in a question's range; checked there when the rule is asked. */
const RuleRange = z.strictObject({ from: z.string().nullable(), to: z.string().nullable() }).meta({
  description: 'Dates or instants as in a question; without it all of time.',
});

export const OCCURRENCE_OPS = ['gte', 'lte', 'is'] as const;
export const Occurrences = z.strictObject({
  op: z.enum(OCCURRENCE_OPS),
  value: z.int().min(0).max(1_000_000_000),
});
export type Occurrences = z.infer<typeof Occurrences>;

export interface DidRule {
  did: EventRef;
  times: Occurrences;
  range?: { from: string | null; to: string | null } | undefined;
  not: boolean;
}
export interface UserRule {
  user: Filter;
}
export interface AnyRule {
  any: CohortRule[];
}
export type CohortRule = DidRule | UserRule | AnyRule;

const DidRule = z.strictObject({
  did: EventRef,
  times: Occurrences.default({ op: 'gte', value: 1 }),
  range: RuleRange.optional(),
  not: z.boolean().default(false).meta({ description: 'Those who did not.' }),
});
const UserRule = z.strictObject({ user: Filter });

const CohortRule: z.ZodType<CohortRule> = z.lazy(() =>
  z.union([DidRule, UserRule, z.strictObject({ any: z.array(CohortRule).min(1).max(50) })], {
    error: 'expected { did }, { user } or { any: [rules] }',
  }),
);

const instant = z.iso.datetime({ offset: true });

/** Whom a cell of an answer counts. */
const Cell = z.union(
  [
    z.strictObject({
      step: z.int().min(0).max(19),
      dropped: z.boolean().default(false).meta({
        description: 'Those who got to the step before, but not to this one.',
      }),
    }),
    z.strictObject({ cohort: instant, period: z.int().min(0).max(1_000) }),
    z.strictObject({ bucket: instant, status: z.enum(['new', 'returning', 'resurrected', 'dormant']) }),
    z.strictObject({ count: z.int().min(1).max(100_000) }),
  ],
  {
    error:
      'expected the place of a count: { step } of a funnel, { cohort, period } of a retention, { bucket, status } of a lifecycle or { count } of a stickiness',
  },
);
export type CohortCell = z.infer<typeof Cell>;

const UserList = z.strictObject({ users: z.array(UserId).max(MOST_LISTED_USERS) });
export const RuleList = z.strictObject({
  all: z.array(CohortRule).min(1).max(50).meta({ description: 'Joined by and.' }),
});
/** The question is checked where it is asked: it may hold a cohort itself. */
const QuestionCell = z.strictObject({ question: z.record(z.string(), z.unknown()), cell: Cell });

export const CohortDefinition = z.union([UserList, RuleList, QuestionCell], {
  error: 'expected { users: [ids] }, { all: [rules] } or { question, cell }',
});
export type CohortDefinition = z.infer<typeof CohortDefinition>;

export const CohortId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'is not the id of a cohort' });

const NewUsers = z.strictObject({
  new: z.boolean().meta({ description: 'true: within 7 days of first_seen_at; false: later (returning).' }),
});

export const CohortRef = z.union([CohortId, NewUsers, UserList, RuleList, QuestionCell], {
  error: 'expected the id of a cohort, { new: true }, { new: false } or the definition of a cohort',
});
export type CohortRef = z.infer<typeof CohortRef>;

export const isNewUsers = (cohort: CohortRef): cohort is { new: boolean } =>
  typeof cohort === 'object' && 'new' in cohort;
