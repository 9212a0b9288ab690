import { effectOf, fixedTest, sampleOfProportion, whyIncomparable } from '../../shared/stats/experiment.ts';

/** Part of a whole, as counted. */
export interface Proportion {
  count: number;
  n: number;
}

export interface Difference {
  /** Ratio of the first minus ratio of the second. */
  points: number;
  low: number;
  high: number;
  /** Two-sided; null where one side has no variance, so that nothing can be tested. */
  pValue: number | null;
}

const OPTIONS = { difference: 'absolute', alternative: 'two-sided', alpha: 0.05 } as const;

/** Two-sided test of two proportions, variances p (1 − p) apart; null where one side counted nothing. */
export function differenceOf(a: Proportion, b: Proportion): Difference | null {
  const variant = sampleOfProportion(a.n, a.count);
  const control = sampleOfProportion(b.n, b.count);
  if (variant === null || control === null) return null;
  const points = variant.mean - control.mean;
  if (whyIncomparable(control, variant, OPTIONS) !== null)
    return { points, low: points, high: points, pValue: null };
  const { low, high, pValue } = fixedTest(effectOf(control, variant, false), OPTIONS);
  return { points, low: low ?? points, high: high ?? points, pValue };
}

/** What is said of a difference without being asked: 1 in 20 would appear by chance. */
const SIGNIFICANT_P = 0.05;

export const isSignificant = (difference: Difference | null): boolean =>
  difference?.pValue != null && difference.pValue < SIGNIFICANT_P;
