import { formatPercentNumber, formatRate } from '../../../shared/format/numbers.ts';
import type { PageFinding } from '../../app/ViewPage.tsx';
import { differenceOf, isSignificant } from '../../state/difference.ts';
import type { ComparedColumn } from '../../state/trend-columns.ts';
import { secondsOfMs } from './words.ts';

export interface EngagementFindingInput {
  followUps: ComparedColumn | null;
  p50: ComparedColumn | null;
  p95: ComparedColumn | null;
  targetMs: number;
  hasFilters: boolean;
}

/** The sentence that the page opens with: slow answers first, then whether people ask again more often. */
export function describeEngagement(input: EngagementFindingInput): PageFinding {
  const { followUps, p50, p95, targetMs, hasFilters } = input;
  const n = followUps?.totalDenominator ?? 0;
  if (n === 0) {
    return {
      lead: `Nobody asked anything ${hasFilters ? 'under these filters' : 'in these dates'}.`,
      rest: '',
    };
  }
  const speed = ` Half of the answers came within ${secondsOfMs(p50?.total ?? null)}, 95 of 100 within ${secondsOfMs(p95?.total ?? null)}.`;
  if ((p95?.total ?? 0) > targetMs) {
    return {
      lead: `One answer in twenty took longer than ${secondsOfMs(p95?.total ?? null)}; the target is ${secondsOfMs(targetMs)}*.`,
      rest: ` Follow-up rate ${formatRate(followUps?.total ?? null)}.`,
    };
  }
  return { lead: askedAgain(followUps), rest: speed };
}

function askedAgain(followUps: ComparedColumn | null): string {
  const rate = formatRate(followUps?.total ?? null);
  const previous = followUps?.previous ?? null;
  if (followUps === null || previous === null) return `${rate} of prompts follow another one.`;
  const difference = differenceOf(sidesOf(followUps), sidesOf(previous));
  if (difference === null || !isSignificant(difference))
    return `People ask again as often as before, in ${rate} of prompts.`;
  const points = formatPercentNumber(Math.abs(difference.points), 1);
  return `People ask again ${difference.points > 0 ? 'more' : 'less'} often: in ${rate} of prompts, ${points} points ${difference.points > 0 ? 'more' : 'fewer'} than before.`;
}

const sidesOf = (column: { totalNumerator: number | null; totalDenominator: number | null }) => ({
  count: column.totalNumerator ?? 0,
  n: column.totalDenominator ?? 0,
});
