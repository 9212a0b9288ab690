import type { AnyRule, CohortRule, DidRule } from '../../../../shared/query/cohort.ts';

/** Changes of a list of rules, each giving a new list. */

export const MOST_RULES = 12;

export const didRule = (event: string | null): DidRule => ({
  did: { event },
  times: { op: 'gte', value: 1 },
  not: false,
});

export const setRule = (rules: readonly CohortRule[], index: number, rule: CohortRule): CohortRule[] =>
  rules.map((each, at) => (at === index ? rule : each));

export const removeRule = (rules: readonly CohortRule[], index: number): CohortRule[] =>
  rules.filter((_, at) => at !== index);

export function moveRule(rules: readonly CohortRule[], from: number, to: number): CohortRule[] {
  const moved = rules[from];
  return moved === undefined ? [...rules] : removeRule(rules, from).toSpliced(to, 0, moved);
}

/** Another branch of a group; a single rule becomes a group of two. */
export const orRule = (rule: CohortRule, other: CohortRule): AnyRule =>
  'any' in rule ? { any: [...rule.any, other] } : { any: [rule, other] };

/** A group without a branch is no rule; one of a single branch is that branch. */
export function withBranch({ any }: AnyRule, at: number, branch: CohortRule | null): CohortRule | null {
  const left = branch === null ? removeRule(any, at) : setRule(any, at, branch);
  const [first, ...others] = left;
  if (first === undefined) return null;
  return others.length === 0 ? first : { any: left };
}
