import { fits, passes } from './filter.ts';
import { Refused } from './refused.ts';
import type { Row, Value } from './rows.ts';
import type {
  Cohort,
  CohortCell,
  CohortQuestion,
  CohortRule,
  EventRef,
  Occurrences,
  Range,
} from './types.ts';
import type { Bucket } from './zone.ts';

/** Which events count under a cohort: those of its users; of new and returning users, those of that time. */

const NEW_USER_MS = 7 * 86_400_000;

/** The users whom one cell of an answer counts. */
export type CohortMembers = (question: CohortQuestion, cell: CohortCell) => ReadonlySet<string>;

export interface CohortScene {
  /** Every event of the environment. */
  rows: readonly Row[];
  firstSeen: ReadonlyMap<string, number>;
  fieldsOf: (user: string) => ReadonlyMap<string, Value>;
  saved: Readonly<Record<string, Cohort>>;
  rangeOf: (range: Range) => Bucket;
  membersOf: CohortMembers;
}

export function cohortTest(asked: string | Cohort | null, scene: CohortScene): (row: Row) => boolean {
  if (asked === null) return () => true;
  const cohort = typeof asked === 'string' ? scene.saved[asked] : asked;
  if (cohort === undefined) throw new Refused('no cohort has this id');
  if ('new' in cohort) {
    return ({ user, tsMs }) => {
      const firstMs = scene.firstSeen.get(user ?? '');
      return firstMs !== undefined && tsMs < firstMs + NEW_USER_MS === cohort.new;
    };
  }
  const users = new Set(scene.rows.map(({ user }) => user).filter((user) => user !== null));
  const holds = userTest(cohort, scene);
  const members = new Set([...users].filter(holds));
  return ({ user }) => user !== null && members.has(user);
}

function userTest(cohort: Exclude<Cohort, { new: boolean }>, scene: CohortScene): (user: string) => boolean {
  if ('users' in cohort) return (user) => cohort.users.includes(user);
  if ('all' in cohort) return (user) => cohort.all.every((rule) => obeys(user, rule, scene));
  const members = scene.membersOf(cohort.question, cohort.cell);
  return (user) => members.has(user);
}

function obeys(user: string, rule: CohortRule, scene: CohortScene): boolean {
  if ('any' in rule) return rule.any.some((inner) => obeys(user, inner, scene));
  if ('user' in rule) return passes(rule.user, scene.fieldsOf(user));
  const { did, times = { op: 'gte', value: 1 }, range = {}, not = false } = rule;
  return isSoOften(timesDone(user, did, range, scene), times) !== not;
}

function timesDone(user: string, did: EventRef, range: Range, { rows, rangeOf }: CohortScene): number {
  const { startMs, endMs } = rangeOf(range);
  return rows.filter((row) => row.user === user && fits(did, row) && row.tsMs >= startMs && row.tsMs < endMs)
    .length;
}

export function isSoOften(count: number, { op, value }: Occurrences): boolean {
  if (op === 'gte') return count >= value;
  return op === 'lte' ? count <= value : count === value;
}
