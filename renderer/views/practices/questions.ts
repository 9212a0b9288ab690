import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type Asked, type BarField, commonParts, compareOf } from '../../state/question-parts.ts';
import { bucketOf } from '../../state/span-of.ts';

/** What the Practices view asks. A tile skips the clause that it sets itself, so that what was clicked stays in sight
 *  beside what was not. */

export interface PracticeQuestions {
  captureRate: QuerySpecInput;
  reactionStates: QuerySpecInput;
  statesByPractice: QuerySpecInput;
  masterImpact: QuerySpecInput;
  statesByMaster: QuerySpecInput;
}

export const SERIES = { rate: 'rate', reactions: 'reactions', sessions: 'sessions' } as const;

export function practiceQuestions(asked: Asked): PracticeQuestions {
  const interval = bucketOf(asked.span);
  const compare = compareOf(asked.address);
  return {
    captureRate: {
      kind: 'trend',
      ...commonParts(asked, []),
      interval,
      compare,
      series: [
        { name: SERIES.rate, measure: 'capture_rate' },
        { name: SERIES.reactions, measure: 'captured_reactions' },
        { name: SERIES.sessions, measure: 'completed_sessions' },
      ],
    },
    reactionStates: {
      kind: 'states',
      ...commonParts(asked, ['state']),
      interval,
      compare,
      groupBy: 'practice_id',
    },
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

/** How many sessions there are without one of the set filters, to say which of them excludes the rest. */
export function sessionsQuestion(asked: Asked, skipped: BarField): QuerySpecInput {
  return {
    kind: 'trend',
    ...commonParts(asked, [skipped]),
    display: 'total',
    series: [{ name: SERIES.sessions, measure: 'completed_sessions' }],
  };
}
