import { addDays, startOfWeek } from '../../../shared/format/calendar.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type BarField, commonParts, FIELD_PROPERTY } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';
import { cohortQuestion } from '../practices/shift.ts';

/** What the Masters view asks: it sets the master itself, and draws every state. */

export const SKIPPED: readonly BarField[] = ['master', 'state'];
export const WEEKS = 12;
const MOST_MASTERS = 100;
const MOST_PAIRS = 1_000;

export type MastersQuestions = ReturnType<typeof mastersQuestions>;

export function mastersQuestions(base: ViewBase) {
  const { asked, span, calendar } = base;
  const common = commonParts(asked, SKIPPED);
  const byMaster = { property: FIELD_PROPERTY.master, limit: MOST_MASTERS };
  const twelve = addDays(startOfWeek(span.to, calendar.weekStart), 7 * (1 - WEEKS));
  const weeks = { from: twelve, to: span.to };
  const impact = {
    kind: 'trend' as const,
    ...common,
    interval: 'day' as const,
    display: 'total' as const,
    series: [{ measure: 'master_impact' }],
    breakdown: byMaster,
  };
  const ofCohort = (isNew: boolean): QuerySpecInput =>
    cohortQuestion(asked, isNew, { skipped: SKIPPED, own: [], groupBy: FIELD_PROPERTY.master });
  return {
    impact,
    states: { kind: 'states', ...common, groupBy: FIELD_PROPERTY.master },
    pairs: {
      kind: 'trend',
      ...common,
      interval: 'day',
      display: 'total',
      series: [{ measure: 'completed_sessions' }],
      breakdown: { property: [FIELD_PROPERTY.master, FIELD_PROPERTY.practice], limit: MOST_PAIRS },
    },
    course: { kind: 'states', ...common, range: weeks, interval: 'week', groupBy: FIELD_PROPERTY.master },
    impactOverTime: {
      ...impact,
      display: 'series',
      range: weeks,
      interval: 'week',
    },
    fresh: ofCohort(true),
    returning: ofCohort(false),
    impactOfNew: { ...impact, cohort: { new: true } },
    impactOfReturning: { ...impact, cohort: { new: false } },
  } satisfies Record<string, QuerySpecInput>;
}
