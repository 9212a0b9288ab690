import { useMemo } from 'react';
import { type Question, useQuestion } from '../../link/use-question.ts';
import type { ListedRate } from '../../parts/IntervalList.tsx';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { type TrendColumns, trendColumns, trendIn } from '../../state/trend-columns.ts';
import { useViewBase, type ViewBase, type ViewProps } from '../../state/use-view-base.ts';
import { type FeatureRow, featureRows, planRates } from './columns.ts';
import { FEATURE, featureQuestions } from './questions.ts';

/** Everything that the tiles of the Features view draw, of the last good answers. */
export interface Features {
  base: ViewBase;
  questions: Record<keyof ReturnType<typeof featureQuestions>, Question>;
  rows: FeatureRow[] | null;
  /** The feature that the tiles at the right are about. */
  chosen: string | null;
  overTime: TrendColumns | null;
  plans: ListedRate[] | null;
}

const READ_EVENTS = [FEATURE] as const;

export function useFeatures(props: ViewProps): Features {
  const base = useViewBase(props, READ_EVENTS);
  const whole = featureQuestions(base, null);
  const features = useQuestion('features.adoption', whole.features);
  const weeks = useQuestion('features.weeks', whole.weeks);
  const answer = trendIn(features.state);
  const weekly = trendIn(weeks.state);
  const rows = useMemo(() => answer && featureRows(answer, weekly), [answer, weekly]);
  const chosen = base.address.features.feature ?? rows?.[0]?.name ?? null;
  const asked = featureQuestions(base, chosen);
  const ofChosen = useQuestion('features.chosen', chosen === null ? null : asked.chosen);
  const plans = useQuestion('features.plans', chosen === null ? null : asked.plans);
  const questions = { features, weeks, chosen: ofChosen, plans };
  useReportedCost(Object.values(questions));
  const chosenAnswer = trendIn(ofChosen.state);
  const plansAnswer = trendIn(plans.state);
  return {
    base,
    questions,
    rows,
    chosen,
    overTime: useMemo(() => chosenAnswer && trendColumns(chosenAnswer), [chosenAnswer]),
    plans: useMemo(() => plansAnswer && planRates(plansAnswer), [plansAnswer]),
  };
}
