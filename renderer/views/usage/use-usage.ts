import { useMemo } from 'react';
import { type Question, useQuestion } from '../../link/use-question.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { type TrendColumns, trendColumns, trendIn } from '../../state/trend-columns.ts';
import { useViewBase, type ViewBase, type ViewProps } from '../../state/use-view-base.ts';
import { type PageRow, pageRows, type Referrers, referrersOf } from './columns.ts';
import { usageQuestions } from './questions.ts';

/** Everything that the tiles of the Usage view draw, of the last good answers. */
export interface Usage {
  base: ViewBase;
  questions: Record<keyof ReturnType<typeof usageQuestions>, Question>;
  actives: TrendColumns | null;
  sessions: TrendColumns | null;
  views: TrendColumns | null;
  pages: PageRow[] | null;
  referrers: Referrers | null;
}

const ANY_EVENT: readonly null[] = [null];

export function useUsage(props: ViewProps): Usage {
  const base = useViewBase(props, ANY_EVENT);
  const asked = usageQuestions(base);
  const questions = {
    actives: useQuestion('usage.actives', asked.actives),
    sessions: useQuestion('usage.sessions', asked.sessions),
    views: useQuestion('usage.views', asked.views),
    pages: useQuestion('usage.pages', asked.pages),
    referrers: useQuestion('usage.referrers', asked.referrers),
  };
  useReportedCost(Object.values(questions));
  const pagesAnswer = trendIn(questions.pages.state);
  const { good } = questions.referrers.state;
  return {
    base,
    questions,
    actives: useTrend(questions.actives),
    sessions: useTrend(questions.sessions),
    views: useTrend(questions.views),
    pages: useMemo(() => pagesAnswer && pageRows(pagesAnswer), [pagesAnswer]),
    referrers: useMemo(() => (good?.answer.kind === 'sessions' ? referrersOf(good.answer) : null), [good]),
  };
}

function useTrend({ state }: Question): TrendColumns | null {
  const answer = trendIn(state);
  return useMemo(() => answer && trendColumns(answer), [answer]);
}
