import type { TimeBin } from '../../../shared/query/kind-answers.ts';
import type { TimeBars } from '../../charts/funnel-time.ts';
import type { FunnelTimes } from './columns.ts';

const MOST_BARS = 40;
/** What is slower than almost everybody would press the others together; it is counted beside the bars. */
const DRAWN_SHARE = 0.98;

/** The fine bins of an answer joined into a few bars of one width. */
export function timeBars({ bins, n }: Pick<FunnelTimes, 'bins' | 'n'>): TimeBars {
  const drawn = binsFor(bins, n * DRAWN_SHARE);
  const per = Math.max(1, Math.ceil(drawn / MOST_BARS));
  const bars = Array.from({ length: Math.ceil(drawn / per) }, (_, index) => {
    const joined = bins.slice(index * per, (index + 1) * per);
    const fromSeconds = joined[0]?.fromSeconds ?? 0;
    const width = (joined[0]?.toSeconds ?? 0) - fromSeconds;
    return {
      fromSeconds,
      toSeconds: fromSeconds + per * width,
      count: joined.reduce((sum, { count }) => sum + count, 0),
    };
  });
  const counted = bars.reduce((sum, { count }) => sum + count, 0);
  return { bars, n, above: n - counted };
}

/** How many bins hold so many units. */
function binsFor(bins: readonly TimeBin[], enough: number): number {
  let seen = 0;
  for (const [index, { count }] of bins.entries()) {
    seen += count;
    if (seen >= enough) return index + 1;
  }
  return bins.length;
}
