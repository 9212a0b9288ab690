import { useMemo } from 'react';
import type { Answer } from '../../../shared/query/answer.ts';
import type { PathsContent } from '../../../shared/query/kind-answers.ts';
import { type Question, useQuestion } from '../../link/use-question.ts';
import {
  type ListedUnits,
  MOST_LISTED_UNITS,
  type NextPlan,
  planNext,
  type StepStart,
  unitsDidQuestion,
  unitsNextQuestion,
} from './next-questions.ts';
import type { Funnel } from './use-funnel.ts';

export interface NextEvents {
  plan: NextPlan;
  questions: Question[];
  /** null: not known yet, or not to be known. */
  known: { rows: { event: string; count: number }[]; n: number; nothing: number; remainder: number } | null;
  /** Why it cannot be known. */
  reason: string | null;
}

/** What those did next who did not come to `step`. */
export function useNext(funnel: Funnel, step: number): NextEvents {
  const { asked, definition, units } = funnel;
  const plan = planNext(asked, step);
  const left = funnel.steps?.[step]?.left ?? null;
  const people = useQuestion('funnels.next-people', plan.of === 'people' ? plan.next : null);
  const members = useQuestion('funnels.next-members', plan.of === 'units' ? plan.members : null);
  const { good } = members.state;
  const ids = useMemo(() => (good === null ? null : droppedIds(good.answer)), [good]);
  const isListable = ids !== null && ids.length > 0 && ids.length <= MOST_LISTED_UNITS && ids.length === left;
  const listed: ListedUnits | null = isListable ? { property: propertyOf(definition.unit), ids } : null;
  const start: StepStart | null = plan.of === 'units' ? plan.start : null;
  const canAsk = listed !== null && start !== null;
  const next = useQuestion('funnels.next', canAsk ? unitsNextQuestion(asked, start, listed) : null);
  const did = useQuestion('funnels.next-did', canAsk ? unitsDidQuestion(asked, start, listed) : null);
  if (plan.of === 'nobody') {
    return {
      plan,
      questions: [],
      known: null,
      reason: 'The step before is any event, or one of several: nothing starts from one name.',
    };
  }
  if (plan.of === 'people') {
    const paths = pathsIn(people);
    const known = paths === null || left === null ? null : knownFrom(paths, plan.start.eventType, left);
    return { plan, questions: [people], known, reason: null };
  }
  const isOver = members.state.status === 'ready' && ids !== null && left !== null && left > 0 && !isListable;
  const paths = pathsIn(next);
  const n = totalIn(did);
  return {
    plan,
    questions: canAsk ? [members, next, did] : [members],
    known: paths === null || n === null ? null : knownFrom(paths, plan.start.eventType, n),
    reason: isOver
      ? `More than ${MOST_LISTED_UNITS.toLocaleString('en-GB')} ${units.many} cannot be followed one by one; choose fewer days.`
      : null,
  };
}

const propertyOf = (unit: Funnel['definition']['unit']): string =>
  typeof unit === 'object' ? unit.property : unit === 'session' ? 'session_id' : 'user_id';

/** Units that some day lists as entered and none as converted; null where the answer lists nobody. */
function droppedIds({ kind, result }: Answer): string[] | null {
  if (kind !== 'funnel' || !('entered' in result)) return null;
  const { enteredMembers, convertedMembers } = result;
  if (enteredMembers === undefined || convertedMembers === undefined) return null;
  const converted = new Set(convertedMembers.flat());
  return [...new Set(enteredMembers.flat())].filter((id) => !converted.has(id));
}

function pathsIn({ state }: Question): PathsContent | null {
  return state.good?.answer.kind === 'paths' ? state.good.answer.result : null;
}

function totalIn({ state }: Question): number | null {
  return state.good?.answer.kind === 'trend' ? (state.good.answer.result.series[0]?.total ?? null) : null;
}

function knownFrom({ links, remainder }: PathsContent, from: string, n: number): NextEvents['known'] {
  const counts = new Map<string, number>();
  for (const { source, target, count } of links)
    if (source === from) counts.set(target, (counts.get(target) ?? 0) + count);
  const rows = [...counts].map(([event, count]) => ({ event, count })).toSorted((a, b) => b.count - a.count);
  const followed = rows.reduce((sum, { count }) => sum + count, 0);
  return { rows, n, nothing: Math.max(0, n - followed), remainder: remainder.count };
}
