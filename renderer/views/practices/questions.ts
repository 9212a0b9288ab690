import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type Asked, type BarField, commonParts, compareOf } from '../../state/question-parts.ts';
import { addDays } from '../../../shared/format/calendar.ts';
import { HISTORY_DAYS } from '../../state/expected-ranges.ts';
import { bucketOf, drawnBucket } from '../../state/span-of.ts';

/** What the Practices view asks. A tile skips the clause that it sets itself, so that what was clicked stays in sight
 *  beside what was not. */

export interface PracticeQuestions {
  captureRate: QuerySpecInput;
  reactionStates: QuerySpecInput;
  /** In the chosen buckets; null where those are the usual ones. */
  captureDrawn: QuerySpecInput | null;
  statesDrawn: QuerySpecInput | null;
  /** The days before too, from which an expectation follows; null for weeks. */
  captureHistory: QuerySpecInput | null;
  statesByPractice: QuerySpecInput;
  masterImpact: QuerySpecInput;
  statesByMaster: QuerySpecInput;
}

export const SERIES = { rate: 'rate', reactions: 'reactions', sessions: 'sessions' } as const;
/** The rate with the weeks before it: drawn is only what it leads to expect. */
export const HISTORY = 'history';

export function practiceQuestions(asked: Asked): PracticeQuestions {
  const interval = bucketOf(asked.span);
  const { page, lens, bucket } = asked.address.practices;
  const drawn = lens === 'changes' ? interval : drawnBucket(bucket, asked.span);
  const isOverview = page === 'overview';
  return {
    captureRate: captureQuestion(asked, interval),
    reactionStates: statesQuestion(asked, interval),
    captureDrawn: isOverview && drawn !== interval ? captureQuestion(asked, drawn) : null,
    statesDrawn: isOverview && drawn !== interval ? statesQuestion(asked, drawn) : null,
    captureHistory: isOverview && lens === 'today' && drawn !== 'week' ? historyQuestion(asked, drawn) : null,
    statesByPractice: {
      kind: 'states',
      ...commonParts(asked, ['practice', 'state']),
      groupBy: 'practice_id',
    },
    masterImpact: {
      kind: 'trend',
      ...commonParts(asked, ['master', 'state']),
      interval,
      display: 'total',
      series: [{ measure: 'master_impact' }],
      breakdown: { property: 'master_id', limit: 100 },
    },
    statesByMaster: { kind: 'states', ...commonParts(asked, ['master', 'state']), groupBy: 'master_id' },
  };
}

const captureQuestion = (asked: Asked, interval: 'hour' | 'day' | 'week'): QuerySpecInput => ({
  kind: 'trend',
  ...commonParts(asked, []),
  interval,
  compare: compareOf(asked.address),
  series: [
    { name: SERIES.rate, measure: 'capture_rate' },
    { name: SERIES.reactions, measure: 'captured_reactions' },
    { name: SERIES.sessions, measure: 'completed_sessions' },
  ],
});

const statesQuestion = (asked: Asked, interval: 'hour' | 'day' | 'week'): QuerySpecInput => ({
  kind: 'states',
  ...commonParts(asked, ['state']),
  interval,
  compare: compareOf(asked.address),
  groupBy: 'practice_id',
});

const historyQuestion = (asked: Asked, interval: 'hour' | 'day'): QuerySpecInput => ({
  kind: 'trend',
  ...commonParts(asked, []),
  range: { from: addDays(asked.span.from, -HISTORY_DAYS), to: asked.span.to },
  interval,
  series: [{ name: HISTORY, measure: 'capture_rate' }],
});

/** How many sessions there are without one of the set filters, to say which of them excludes the rest. */
export function sessionsQuestion(asked: Asked, skipped: BarField): QuerySpecInput {
  return {
    kind: 'trend',
    ...commonParts(asked, [skipped]),
    display: 'total',
    series: [{ name: SERIES.sessions, measure: 'completed_sessions' }],
  };
}
