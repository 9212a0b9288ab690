import { useMemo } from 'react';
import { type Question, useQuestion } from '../../link/use-question.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { type TrendColumns, trendColumns, trendIn } from '../../state/trend-columns.ts';
import { useViewBase, type ViewBase, type ViewProps } from '../../state/use-view-base.ts';
import { errorRows, modelRows, threadEnds } from './columns.ts';
import { engagementQuestions, READ_EVENTS } from './questions.ts';

/** Everything that the tiles of the Engagement view draw, of the last good answers. */
export interface Engagement {
  base: ViewBase;
  questions: Record<keyof ReturnType<typeof engagementQuestions>, Question>;
  now: TrendColumns | null;
  active: TrendColumns | null;
  response: TrendColumns | null;
  followUp: TrendColumns | null;
  errorRate: TrendColumns | null;
  cost: TrendColumns | null;
  errors: ReturnType<typeof errorRows> | null;
  models: ReturnType<typeof modelRows> | null;
  threads: ReturnType<typeof threadEnds> | null;
}

export function useEngagement(props: ViewProps): Engagement {
  const base = useViewBase(props, READ_EVENTS);
  const asked = engagementQuestions(base);
  const questions = {
    now: useQuestion('engagement.now', asked.now),
    active: useQuestion('engagement.active', asked.active),
    response: useQuestion('engagement.response', asked.response),
    followUp: useQuestion('engagement.follow-up', asked.followUp),
    errorRate: useQuestion('engagement.error-rate', asked.errorRate),
    cost: useQuestion('engagement.cost', asked.cost),
    errors: useQuestion('engagement.errors', asked.errors),
    models: useQuestion('engagement.models', asked.models),
    threads: useQuestion('engagement.threads', asked.threads),
  };
  useReportedCost(Object.values(questions));
  return {
    base,
    questions,
    now: useRead(questions.now, trendColumns),
    active: useRead(questions.active, trendColumns),
    response: useRead(questions.response, trendColumns),
    followUp: useRead(questions.followUp, trendColumns),
    errorRate: useRead(questions.errorRate, trendColumns),
    cost: useRead(questions.cost, trendColumns),
    errors: useRead(questions.errors, errorRows),
    models: useRead(questions.models, modelRows),
    threads: useRead(questions.threads, threadEnds),
  };
}

type TrendAnswer = NonNullable<ReturnType<typeof trendIn>>;

function useRead<T>({ state }: Question, read: (answer: TrendAnswer) => T): T | null {
  const answer = trendIn(state);
  return useMemo(() => answer && read(answer), [answer, read]);
}
