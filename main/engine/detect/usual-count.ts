import type { SeasonalSums } from './seasonal-history.ts';

const LEARN_BUCKETS = 7 * 23; // a week of hours, less one hour a day for clocks that were put forward
const PRIOR_BUCKETS = 3; // by which an hour or a weekday is drawn to the mean of all

/** What one bucket usually counts: the mean of all, times what the hour and the weekday differ; null while unknown. */
export function usualCount({ all, hour, weekday, buckets }: SeasonalSums): number | null {
  if (buckets.all < LEARN_BUCKETS || buckets.weekday === 0) return null;
  const mean = (all[0] as number) / buckets.all;
  if (mean === 0) return 0;
  const factorOf = (sums: Float64Array, count: number): number =>
    ((sums[0] as number) + PRIOR_BUCKETS * mean) / ((count + PRIOR_BUCKETS) * mean);
  return mean * factorOf(hour, buckets.hour) * factorOf(weekday, buckets.weekday);
}
