import type { CohortRef } from '../../shared/query/cohort.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import type { Question } from '../link/use-question.ts';

type SizeQuestion = Extract<QuerySpecInput, { kind: 'trend' }>;

/** How many people of a cohort have any event at all; null: how many people there are. */
export const sizeQuestion = (environment: string, cohort: CohortRef | null): SizeQuestion => ({
  kind: 'trend',
  environment,
  cohort,
  display: 'total',
  series: [{ event: null, measure: 'users' }],
});

/** The number of the last good answer, also while it is asked anew. */
export const sizeIn = ({ state: { good } }: Pick<Question, 'state'>): number | null =>
  good?.answer.kind === 'trend' ? (good.answer.result.series[0]?.total ?? null) : null;

/** Only once the answer is that of the question asked now. */
export const freshSizeIn = (question: Pick<Question, 'state'>): number | null =>
  question.state.status === 'ready' ? sizeIn(question) : null;
