import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import type { JourneyItems } from '../../state/journeys-address.ts';
import { type BarField, commonParts, compareOf } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';

/** What the Journeys view asks. */

export const GAP_MINUTES = 30; // DATA §5: a longer pause begins a new path

interface ItemSource {
  event: string | null;
  /** null: the type of the event names it. */
  by: string | null;
}

export const ITEM_SOURCES: Record<JourneyItems, ItemSource> = {
  pages: { event: 'page_view', by: 'page_path' },
  events: { event: null, by: null },
  features: { event: 'feature_usage', by: 'feature_name' },
  practices: { event: 'practice_opened', by: 'practice_id' },
};

export function pathsQuestion(base: ViewBase): Extract<QuerySpecInput, { kind: 'paths' }> {
  const { items, start, steps } = base.address.journeys;
  const { event, by } = ITEM_SOURCES[items];
  return {
    kind: 'paths',
    ...commonParts(base.asked, base.skipped),
    compare: compareOf(base.address),
    items: [by === null ? { event } : { event, by }],
    start,
    steps,
    gapMinutes: GAP_MINUTES,
  };
}

/** How many items there are without one of the set filters. */
export const itemsQuestion = (base: ViewBase, without: BarField): QuerySpecInput => ({
  kind: 'trend',
  ...commonParts(base.asked, [...base.skipped, without]),
  display: 'total',
  series: [{ event: ITEM_SOURCES[base.address.journeys.items].event, measure: 'events' }],
});
