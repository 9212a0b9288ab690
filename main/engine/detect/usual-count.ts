import type { SeasonalSums } from './seasonal-history.ts';

const LEARN_BUCKETS = 7 * 23; // a week of hours, less one hour a day for clocks that were put forward
/** By how many buckets an hour and a weekday are drawn to the mean of all. */
const USUAL_PRIOR = { hour: 3, weekday: 3 };
/** Where hours of a night add up: an hour is what it was, a weekday little more than any other. */
export const SHARP_PRIOR = { hour: 0.2, weekday: 24 };

/** What one bucket usually counts: the mean of all, times what the hour and the weekday differ; null while unknown. */
export function usualCount(
  { all, hour, weekday, buckets }: SeasonalSums,
  prior = USUAL_PRIOR,
): number | null {
  if (buckets.all < LEARN_BUCKETS || buckets.weekday === 0) return null;
  const mean = (all[0] as number) / buckets.all;
  if (mean === 0) return 0;
  const factorOf = (sums: Float64Array, count: number, drawn: number): number =>
    ((sums[0] as number) + drawn * mean) / ((count + drawn) * mean);
  return mean * factorOf(hour, buckets.hour, prior.hour) * factorOf(weekday, buckets.weekday, prior.weekday);
}
