import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import type { Answer } from '../../../shared/query/answer.ts';
import { type Question, useQuestion } from '../../link/use-question.ts';
import type { StandardFunnel } from '../../state/standard-funnels.ts';
import { type FunnelAsked, stepsQuestion } from './questions.ts';
import { commonParts } from '../../state/question-parts.ts';

/**
 * The last step of Onboarding is no event: being active on so many of the days after the step before. It is counted from
 * whom the funnel's last step lists and in which 24 h windows after their first such event each was active. Lists hold
 * at most 10,000 people; with more there is no figure.
 */
export interface RegularUse {
  questions: Question[];
  /** null: not known, or too many to list. */
  count: number | null;
}

const MOST_LISTED = 10_000;

export function useRegularUse(asked: FunnelAsked, standard: StandardFunnel | null): RegularUse | null {
  const rule = standard?.regularUse ?? null;
  const listed = useQuestion('funnels.regular-who', rule === null ? null : whoQuestion(asked));
  const active = useQuestion('funnels.regular-days', rule === null ? null : daysQuestion(asked, rule.within));
  if (rule === null) return null;
  const who = membersOfLast(listed);
  const days = daysByPerson(active);
  const isKnown = who !== null && days !== null && who.length < MOST_LISTED;
  return {
    questions: [listed, active],
    count: isKnown ? who.filter((id) => (days.get(id) ?? 0) >= rule.days).length : null,
  };
}

const whoQuestion = (asked: FunnelAsked): QuerySpecInput => ({
  ...stepsQuestion(asked),
  compare: null,
  members: true,
});

/** Whatever people do after the first event of the last step, by windows of 24 h from it. */
function daysQuestion(asked: FunnelAsked, within: number): QuerySpecInput {
  const last = asked.definition.steps.at(-1);
  return {
    kind: 'retention',
    ...commonParts(asked, asked.skipped),
    interval: 'day',
    anchor: { event: last?.event ?? null, ...(last?.filters === undefined ? {} : { filters: last.filters }) },
    return: { event: null },
    type: 'first_time',
    mode: '24h',
    periods: within + 1,
    members: true,
  };
}

function membersOfLast({ state }: Question): string[] | null {
  const answer = state.good?.answer;
  if (answer?.kind !== 'funnel' || !('steps' in answer.result)) return null;
  return answer.result.steps.at(-1)?.members ?? null;
}

function daysByPerson({ state }: Question): Map<string, number> | null {
  const answer: Answer | undefined = state.good?.answer;
  if (answer?.kind !== 'retention') return null;
  const days = new Map<string, number>();
  for (const { cells } of answer.result.cohorts)
    for (const { members = [] } of cells.slice(1))
      for (const id of members) days.set(id, (days.get(id) ?? 0) + 1);
  return days;
}
