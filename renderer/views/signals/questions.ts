import { daysBetween } from '../../../shared/format/calendar.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type BarField, commonParts, compareOf } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';

/** What the Signals view asks. */

export const READ_EVENTS = ['signal_pre', 'signal_post'] as const;
export const GOAL_ANSWERS = ['yes', 'partly', 'no'] as const;
export type GoalAnswer = (typeof GOAL_ANSWERS)[number];

export const SERIES = {
  lift: 'lift',
  goal: 'goal',
  abandoned: 'abandoned',
  experience: 'experience',
} as const;
export const withoutAnswer = (answer: GoalAnswer): string => `without ${answer}`;

const FEWEST_DAYS_BY_WEEK = 35; // a day has few signals: longer ranges are drawn by week
const MOST_GOALS = 50;

export const bucketIn = ({ span }: ViewBase): 'day' | 'week' =>
  daysBetween(span.from, span.to) + 1 >= FEWEST_DAYS_BY_WEEK ? 'week' : 'day';

export function signalQuestions(base: ViewBase) {
  const { asked, skipped, address } = base;
  const common = { ...commonParts(asked, skipped), compare: compareOf(address) };
  const metrics = [
    { name: SERIES.lift, measure: 'confidence_lift' },
    { name: SERIES.goal, measure: 'goal_completion' },
    { name: SERIES.abandoned, measure: 'abandonment' },
  ];
  const pairs = { kind: 'funnel', ...common, compare: null, unit: { property: 'signal_id' } } as const;
  return {
    overTime: {
      kind: 'trend',
      ...common,
      interval: bucketIn(base),
      series: [
        ...metrics,
        // starts that have no end with this answer: what is left of all starts has one
        ...GOAL_ANSWERS.map((answer) => ({
          name: withoutAnswer(answer),
          measure: 'abandonment',
          filters: [{ property: 'goal_completed', op: 'is' as const, value: answer }],
        })),
        {
          name: SERIES.experience,
          event: 'signal_post',
          measure: 'mean',
          property: 'experience_score',
        },
      ],
    },
    goals: {
      kind: 'trend',
      ...common,
      display: 'total',
      breakdown: { property: 'goal', limit: MOST_GOALS },
      series: metrics,
    },
    ends: { ...pairs, steps: [{ event: 'signal_post' }], window: { value: 1, unit: 'month' } },
    paired: {
      ...pairs,
      steps: [{ event: 'signal_pre' }, { event: 'signal_post' }],
      window: { value: 1, unit: 'month' },
    },
  } satisfies Record<string, QuerySpecInput>;
}

/** How many starts there are without one of the set filters. */
export const startsQuestion = ({ asked, skipped }: ViewBase, without: BarField): QuerySpecInput => ({
  kind: 'trend',
  ...commonParts(asked, [...skipped, without]),
  display: 'total',
  series: [{ name: 'starts', event: 'signal_pre', measure: 'events' }],
});
