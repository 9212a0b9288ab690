import type { BreakdownValue, Expanded } from '../../shared/query/answer.ts';
import type { RetentionCohort, RetentionContent } from '../../shared/query/kind-answers.ts';
import { askEvents, type QuestionOf } from './ask-events.ts';
import type { SceneWorkspace } from './scene-store.ts';

type RetentionQuestion = Omit<QuestionOf<'retention'>, 'kind' | 'anchor' | 'return'> &
  Partial<Pick<QuestionOf<'retention'>, 'anchor' | 'return'>>;
type Scene = Omit<SceneWorkspace, 'rows'> & { rows?: SceneWorkspace['rows'] };

/** From the event `a` back to the event `r`, over the four days from the Monday of timelines on. */
export async function askRetention(
  events: readonly object[],
  question: RetentionQuestion = {},
  scene?: Scene,
): Promise<Expanded<RetentionContent>> {
  const asked: QuestionOf<'retention'> = {
    kind: 'retention',
    range: { from: '2026-03-02', to: '2026-03-05' },
    anchor: { event: 'a' },
    return: { event: 'r' },
    ...question,
  };
  return (await askEvents(events, asked, scene)).result;
}

export const countsOf = ({ cells }: RetentionCohort): number[] => cells.map(({ count }) => count);
export const valuesOf = ({ cells }: RetentionCohort): (number | null | undefined)[] =>
  cells.map(({ value }) => value);

/** Counts per cohort. */
export const countReturns = async (
  events: readonly object[],
  question?: RetentionQuestion,
  scene?: Scene,
): Promise<number[][]> => (await askRetention(events, question, scene)).cohorts.map(countsOf);

/** Counts per breakdown value and cohort. */
export async function countReturnsBy(
  events: readonly object[],
  question: RetentionQuestion,
  scene?: Scene,
): Promise<[BreakdownValue, number[][]][]> {
  const { breakdowns = [] } = await askRetention(events, question, scene);
  return breakdowns.map(({ value, cohorts }) => [value, cohorts.map(countsOf)]);
}
