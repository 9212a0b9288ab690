import { formatCount, formatPercentNumber } from '../../../shared/format/numbers.ts';
import type { PageFinding } from '../../app/ViewPage.tsx';
import type { JourneyItems } from '../../state/journeys-address.ts';
import type { Flow } from './columns.ts';

export const ITEM_LABELS: Record<JourneyItems, string> = {
  pages: 'Pages',
  events: 'Events',
  features: 'Features',
  practices: 'Practices',
};

/** The most frequent first step, and how far people go. */
export function describeJourneys(
  flow: Flow,
  options: { start: string | null; nameOf: (item: string) => string; hasFilters: boolean },
): PageFinding {
  const { start, nameOf, hasFilters } = options;
  const first = flow.links.filter(({ step }) => step === 0).toSorted((a, b) => b.count - a.count)[0];
  if (first === undefined) {
    return { lead: `Nobody went on ${hasFilters ? 'under these filters' : 'in these dates'}.`, rest: '' };
  }
  const share = `${formatPercentNumber(first.count / flow.paths)}%`;
  const third = flow.nodes.filter(({ column }) => column === 2).reduce((sum, { count }) => sum + count, 0);
  const rest = ` Of ${formatCount(flow.paths)} paths with two items or more, ${formatCount(third)} have a third.`;
  return start === null
    ? { lead: `${share} of paths begin ${nameOf(first.source)}, then ${nameOf(first.target)}.`, rest }
    : { lead: `After ${nameOf(start)}, ${share} go to ${nameOf(first.target)}.`, rest };
}
