import type {
  FunnelContent,
  FunnelStepsContent,
  FunnelTimeContent,
  FunnelTrendContent,
} from '../../shared/query/kind-answers.ts';
import type { BreakdownValue, Expanded } from '../../shared/query/answer.ts';
import { askEvents, type QuestionOf } from './ask-events.ts';
import type { SceneWorkspace } from './scene-store.ts';

type FunnelQuestion = Omit<QuestionOf<'funnel'>, 'kind'>;
type Scene = Omit<SceneWorkspace, 'rows'> & { rows?: SceneWorkspace['rows'] };

/** The four days from the Monday of timelines on. */
const RANGE = { from: '2026-03-02', to: '2026-03-05' };

async function askFunnel(
  events: readonly object[],
  question: FunnelQuestion,
  scene?: Scene,
): Promise<Expanded<FunnelContent>> {
  return (await askEvents(events, { kind: 'funnel', range: RANGE, ...question }, scene)).result;
}

export async function askSteps(
  events: readonly object[],
  question: FunnelQuestion,
  scene?: Scene,
): Promise<Expanded<FunnelStepsContent>> {
  return (await askFunnel(events, question, scene)) as Expanded<FunnelStepsContent>; // `show` is its default
}

export async function askFunnelTrend(
  events: readonly object[],
  question: FunnelQuestion,
  scene?: Scene,
): Promise<Expanded<FunnelTrendContent>> {
  return (await askFunnel(events, { ...question, show: 'trend' }, scene)) as Expanded<FunnelTrendContent>;
}

export async function askFunnelTime(
  events: readonly object[],
  question: FunnelQuestion,
  scene?: Scene,
): Promise<Expanded<FunnelTimeContent>> {
  return (await askFunnel(events, { ...question, show: 'time' }, scene)) as Expanded<FunnelTimeContent>;
}

export const countsIn = ({ steps }: FunnelStepsContent): number[] => steps.map(({ count }) => count);

/** Seconds from the step before, per step from the second on. */
export const secondsIn = ({ steps }: FunnelStepsContent): (number | null)[] =>
  steps.slice(1).map(({ meanSeconds }) => meanSeconds);

/** How many units each step counts. */
export const countSteps = async (
  events: readonly object[],
  question: FunnelQuestion,
  scene?: Scene,
): Promise<number[]> => countsIn(await askSteps(events, question, scene));

/** Counts per breakdown value, in the order of the answer. */
export async function countStepsBy(
  events: readonly object[],
  question: FunnelQuestion,
  scene?: Scene,
): Promise<[BreakdownValue, number[]][]> {
  const { breakdowns = [] } = await askSteps(events, question, scene);
  return breakdowns.map((content) => [content.value, countsIn(content)]);
}
