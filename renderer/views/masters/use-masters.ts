import { useMemo } from 'react';
import { type Question, useQuestion } from '../../link/use-question.ts';
import { answerIn } from '../../state/answer-in.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { useTogether } from '../../state/use-together.ts';
import { useViewBase, type ViewBase, type ViewProps } from '../../state/use-view-base.ts';
import type { StatesGroups } from '../practices/columns.ts';
import { useStatesGroups } from '../practices/use-states-groups.ts';
import {
  type ImpactCourse,
  impactCourse,
  type ListedMaster,
  listedMasters,
  newAndReturning,
  type NewAndReturning,
} from './columns.ts';
import { type MastersQuestions, mastersQuestions } from './questions.ts';

/** Everything that the Masters view draws, of the last good answers. */
export interface Masters {
  base: ViewBase;
  questions: Record<keyof MastersQuestions, Question>;
  states: StatesGroups | null;
  rows: ListedMaster[] | null;
  course: ImpactCourse | null;
  pairs: NewAndReturning[] | null;
  fresh: StatesGroups | null;
  returning: StatesGroups | null;
}

const READS = ['session_completed', 'reaction_captured'] as const;
const UNFIT = { master: 'every master is drawn here', state: 'all states are drawn here' };

export function useMasters(props: ViewProps): Masters {
  const known = useViewBase(props, READS);
  const base = useMemo(() => ({ ...known, unfit: UNFIT }), [known]);
  const asked = mastersQuestions(base);
  const questions = {
    impact: useQuestion('masters.impact', asked.impact),
    states: useQuestion('masters.states', asked.states),
    pairs: useQuestion('masters.pairs', asked.pairs),
    course: useQuestion('masters.course', asked.course),
    impactOverTime: useQuestion('masters.impact-over-time', asked.impactOverTime),
    fresh: useQuestion('masters.new', asked.fresh),
    returning: useQuestion('masters.returning', asked.returning),
    impactOfNew: useQuestion('masters.impact-of-new', asked.impactOfNew),
    impactOfReturning: useQuestion('masters.impact-of-returning', asked.impactOfReturning),
  };
  useReportedCost(Object.values(questions));
  const { taxonomy } = props.environment;
  const listed = useTogether([
    { question: questions.impact, spec: asked.impact },
    { question: questions.states, spec: asked.states },
    { question: questions.pairs, spec: asked.pairs },
    { question: questions.course, spec: asked.course },
    { question: questions.fresh, spec: asked.fresh },
    { question: questions.returning, spec: asked.returning },
  ]);
  const impact = answerIn(listed[0], 'trend');
  const states = useStatesGroups(listed[1], taxonomy);
  const pairs = answerIn(listed[2], 'trend');
  const course = answerIn(listed[3], 'states');
  const fresh = useStatesGroups(listed[4], taxonomy);
  const returning = useStatesGroups(listed[5], taxonomy);
  const overTime = answerIn(questions.impactOverTime, 'trend');
  const apart = useTogether([
    { question: questions.impactOfNew, spec: asked.impactOfNew },
    { question: questions.impactOfReturning, spec: asked.impactOfReturning },
  ]);
  const ofNew = answerIn(apart[0], 'trend');
  const ofReturning = answerIn(apart[1], 'trend');
  const rows = useMemo(
    () =>
      impact === null || states === null
        ? null
        : listedMasters({ impact, states, pairs, course, fresh, returning }),
    [impact, states, pairs, course, fresh, returning],
  );
  return {
    base,
    questions,
    states,
    fresh,
    returning,
    rows,
    course: useMemo(() => overTime && impactCourse(overTime), [overTime]),
    pairs: useMemo(
      () => (ofNew === null || ofReturning === null ? null : newAndReturning(ofNew, ofReturning)),
      [ofNew, ofReturning],
    ),
  };
}
