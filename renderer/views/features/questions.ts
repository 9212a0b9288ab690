import { addDays, startOfWeek } from '../../../shared/format/calendar.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type BarField, commonParts, compareOf } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';

/** What the Features view asks. */

export const FEATURE = 'feature_usage';
export const SERIES = { adoption: 'adoption', uses: 'uses', errors: 'errors', users: 'users' } as const;

export const TREND_WEEKS = 12;
const MOST_FEATURES = 200;

export function featureQuestions(base: ViewBase, chosen: string | null) {
  const { asked, skipped, bucket, address } = base;
  const common = commonParts(asked, skipped);
  const compare = compareOf(address);
  const byFeature = { property: 'feature_name', limit: MOST_FEATURES };
  const ofChosen = {
    name: SERIES.adoption,
    measure: 'feature_adoption',
    filters: [{ property: 'feature_name', op: 'is' as const, value: chosen ?? '' }],
  };
  return {
    features: {
      kind: 'trend',
      ...common,
      compare,
      display: 'total',
      breakdown: byFeature,
      series: [
        { name: SERIES.adoption, measure: 'feature_adoption' },
        { name: SERIES.uses, event: FEATURE, measure: 'events' },
        { name: SERIES.errors, event: FEATURE, measure: 'error_rate' },
      ],
    },
    weeks: {
      kind: 'trend',
      ...common,
      range: weeksRange(base),
      interval: 'week',
      breakdown: byFeature,
      series: [{ name: SERIES.adoption, measure: 'feature_adoption' }],
    },
    chosen: { kind: 'trend', ...common, compare, interval: bucket, series: [ofChosen] },
    plans: {
      kind: 'trend',
      ...common,
      compare,
      display: 'total',
      breakdown: { userProperty: 'plan', limit: MOST_FEATURES },
      series: [ofChosen],
    },
  } satisfies Record<string, QuerySpecInput>;
}

/** Twelve weeks that end with the dates of the view. */
const weeksRange = ({ span, calendar }: ViewBase): { from: string; to: string } => ({
  from: addDays(startOfWeek(span.to, calendar.weekStart), 7 * (1 - TREND_WEEKS)),
  to: span.to,
});

/** How many uses there are without one of the set filters. */
export const usesQuestion = ({ asked, skipped }: ViewBase, without: BarField): QuerySpecInput => ({
  kind: 'trend',
  ...commonParts(asked, [...skipped, without]),
  display: 'total',
  series: [{ name: SERIES.uses, event: FEATURE, measure: 'events' }],
});
