import { useMemo } from 'react';
import { type Question, useQuestion } from '../../link/use-question.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { trendIn } from '../../state/trend-columns.ts';
import { useViewBase, type ViewBase, type ViewProps } from '../../state/use-view-base.ts';
import { type GoalRow, goalRows, type SignalColumns, signalColumns } from './columns.ts';
import { bucketIn, READ_EVENTS, signalQuestions } from './questions.ts';

/** Everything that the tiles of the Signals view draw, of the last good answers. */
export interface Signals {
  base: ViewBase;
  bucket: 'day' | 'week';
  questions: Record<keyof ReturnType<typeof signalQuestions>, Question>;
  signals: SignalColumns | null;
  goals: GoalRow[] | null;
  /** Signals whose start and end lie in the dates, and all that end in them. */
  paired: number | null;
  ends: number | null;
}

export function useSignals(props: ViewProps): Signals {
  const base = useViewBase(props, READ_EVENTS);
  const asked = signalQuestions(base);
  const questions = {
    overTime: useQuestion('signals.over-time', asked.overTime),
    goals: useQuestion('signals.goals', asked.goals),
    ends: useQuestion('signals.ends', asked.ends),
    paired: useQuestion('signals.paired', asked.paired),
  };
  useReportedCost(Object.values(questions));
  const overTime = trendIn(questions.overTime.state);
  const goals = trendIn(questions.goals.state);
  return {
    base,
    bucket: bucketIn(base),
    questions,
    signals: useMemo(() => overTime && signalColumns(overTime), [overTime]),
    goals: useMemo(() => goals && goalRows(goals), [goals]),
    paired: lastStepOf(questions.paired),
    ends: lastStepOf(questions.ends),
  };
}

function lastStepOf({ state }: Question): number | null {
  const answer = state.good?.answer;
  if (answer?.kind !== 'funnel' || !('steps' in answer.result)) return null;
  return answer.result.steps.at(-1)?.count ?? null;
}
