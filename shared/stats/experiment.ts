import { chiSquareTail } from './chi-square.ts';
import { normalCdf, normalDensity, normalQuantile } from './normal.ts';
import { studentCdf, studentQuantile, studentTail } from './student-t.ts';

/**
 * What a change did, from the mean and variance of two samples. Effects are relative to the absolute control mean, or
 * absolute. Sources: Welch (1947), Biometrika 34; Satterthwaite (1946), Biometrics Bulletin 2; delta method; Waudby-Smith
 * et al. (2024), arXiv 2103.06476, for what stays valid at any time.
 */

export interface SampleMean {
  n: number;
  mean: number;
  /** Of one observation, not of the mean; adjusted where the sample is. */
  variance: number;
  /** What an adjustment by the time before takes off the mean; absent: 0. */
  shift?: number;
}

export type Alternative = 'two-sided' | 'greater' | 'less';

export interface ComparisonOptions {
  difference: 'relative' | 'absolute';
  alternative: Alternative;
  alpha: number;
}

export interface Effect {
  effect: number;
  standardError: number;
  degrees: number;
}

export interface IntervalTest {
  /** Null is the open end of a one-sided interval. */
  low: number | null;
  high: number | null;
  pValue: number;
}

/** A mean of a numeric metric; null without users. One user has no variance. */
export function sampleOfSums(n: number, sum: number, sumSquares: number): SampleMean | null {
  if (n < 1) return null;
  if (n === 1) return { n, mean: sum, variance: 0 };
  const variance = (sumSquares - (sum * sum) / n) / (n - 1);
  return { n, mean: sum / n, variance };
}

/** A proportion: variance p (1 − p), without n − 1. */
export function sampleOfProportion(n: number, successes: number): SampleMean | null {
  if (n < 1) return null;
  const mean = successes / n;
  return { n, mean, variance: mean * (1 - mean) };
}

/** Why two samples cannot be compared; null: they can. */
export function whyIncomparable(
  control: SampleMean | null,
  variant: SampleMean | null,
  { difference }: Pick<ComparisonOptions, 'difference'>,
): string | null {
  if (control === null) return 'nothing was measured of the control';
  if (variant === null) return 'nothing was measured of the variant';
  if (!(control.variance > 0)) return 'the control has no variance';
  if (!(variant.variance > 0)) return 'the variant has no variance';
  if (difference === 'relative' && control.mean === 0) return 'the mean of the control is 0';
  return null;
}

export function effectOf(control: SampleMean, variant: SampleMean, isRelative: boolean): Effect {
  const ofVariant = variant.variance / variant.n;
  const ofControl = control.variance / control.n;
  const degrees =
    (ofVariant + ofControl) ** 2 / (ofVariant ** 2 / (variant.n - 1) + ofControl ** 2 / (control.n - 1));
  const change = variant.mean - (variant.shift ?? 0) - (control.mean - (control.shift ?? 0));
  if (!isRelative) return { effect: change, standardError: Math.sqrt(ofVariant + ofControl), degrees };
  const base = control.mean;
  return {
    effect: change / Math.abs(base),
    standardError: Math.sqrt(ofVariant / base ** 2 + (ofControl * variant.mean ** 2) / base ** 4),
    degrees,
  };
}

/** Welch's t test. */
export function fixedTest(
  { effect, standardError, degrees }: Effect,
  options: ComparisonOptions,
): IntervalTest {
  const { alternative, alpha } = options;
  const t = effect / standardError;
  if (alternative === 'two-sided') {
    const half = studentQuantile(1 - alpha / 2, degrees) * standardError;
    return {
      low: effect - half,
      high: effect + half,
      pValue: Math.min(1, 2 * studentTail(Math.abs(t), degrees)),
    };
  }
  const half = studentQuantile(1 - alpha, degrees) * standardError;
  return alternative === 'greater'
    ? { low: effect - half, high: null, pValue: studentTail(t, degrees) }
    : { low: null, high: effect + half, pValue: studentCdf(t, degrees) };
}

/** ρ² of an asymptotic confidence sequence that is narrowest at `tuning` users. */
const rhoSquared = (alpha: number, tuning: number): number =>
  (-2 * Math.log(alpha) + Math.log(1 - 2 * Math.log(alpha))) / tuning;

/**
 * Always-valid interval over `users` of both samples: half-width s √(2 (Nρ² + 1) ÷ (Nρ²) · ln(√(Nρ² + 1) ÷ α)); one-sided
 * with 2α in ρ and ln(1 + √(Nρ² + 1) ÷ 2α). p is the smallest level at which the interval excludes 0 with that ρ.
 */
export function sequentialTest(
  { effect, standardError }: Effect,
  options: ComparisonOptions & { tuning: number; users: number },
): IntervalTest {
  const { alternative, alpha, tuning, users } = options;
  const isTwoSided = alternative === 'two-sided';
  const spread = users * rhoSquared(isTwoSided ? alpha : 2 * alpha, tuning); // Nρ²
  const root = Math.sqrt(spread + 1);
  const log = isTwoSided ? Math.log(root / alpha) : Math.log1p(root / (2 * alpha));
  const half = standardError * Math.sqrt(((2 * (spread + 1)) / spread) * log);
  const evidence = ((effect / standardError) ** 2 * spread) / (2 * (spread + 1));
  if (isTwoSided)
    return { low: effect - half, high: effect + half, pValue: Math.min(1, root * Math.exp(-evidence)) };
  const isInDirection = alternative === 'greater' ? effect > 0 : effect < 0;
  const pValue = isInDirection ? Math.min(0.5, root / (2 * Math.expm1(evidence))) : 0.5;
  return alternative === 'greater'
    ? { low: effect - half, high: null, pValue }
    : { low: null, high: effect + half, pValue };
}

export interface Posterior {
  effect: number;
  standardError: number;
  low: number;
  high: number;
  chanceToWin: number;
  risk: { keep: number; switch: number };
}

/**
 * Normal posterior of the effect; `prior` is of the relative effect and scaled for an absolute one; null is flat. Risks
 * are the expected losses E[max(δ, 0)] of keeping the control and E[max(−δ, 0)] of switching.
 * Null where a prior of the relative effect says nothing of an absolute one, because the control mean is 0.
 */
export function posteriorOf(
  { effect, standardError }: Effect,
  options: { prior: { mean: number; variance: number } | null; scale: number; alpha: number },
): Posterior | null {
  const { prior, scale, alpha } = options;
  if (prior !== null && scale === 0) return null;
  const precision = 1 / standardError ** 2;
  const priorPrecision = prior === null ? 0 : 1 / (prior.variance * scale ** 2);
  const priorMean = prior === null ? 0 : prior.mean * scale;
  const mean = (effect * precision + priorMean * priorPrecision) / (precision + priorPrecision);
  const deviation = Math.sqrt(1 / (precision + priorPrecision));
  const half = normalQuantile(1 - alpha / 2) * deviation;
  const z = mean / deviation;
  return {
    effect: mean,
    standardError: deviation,
    low: mean - half,
    high: mean + half,
    chanceToWin: normalCdf(z),
    risk: {
      keep: mean * normalCdf(z) + deviation * normalDensity(z),
      switch: -mean * normalCdf(-z) + deviation * normalDensity(z),
    },
  };
}

/**
 * p of the split of users over variants against their weights, by χ². Variants of weight 0 stay out, weights
 * beyond the variants are those of variants that nobody saw; fewer than two, or no users at all, give 1.
 */
export function sampleRatioPValue(users: readonly number[], weights: readonly number[]): number {
  const counted = weights
    .map((weight, index) => ({ n: users[index] ?? 0, weight }))
    .filter(({ weight }) => weight > 0);
  const total = counted.reduce((sum, { n }) => sum + n, 0);
  const weightSum = counted.reduce((sum, { weight }) => sum + weight, 0);
  if (counted.length < 2 || total === 0) return 1;
  const statistic = counted.reduce((sum, { n, weight }) => {
    const expected = (total * weight) / weightSum;
    return sum + (n - expected) ** 2 / expected;
  }, 0);
  return chiSquareTail(statistic, counted.length - 1);
}

export interface PlanOptions extends ComparisonOptions {
  mean: number;
  variance: number;
  users: number;
  variants: number;
  /** Expected sample size of an always-valid test; null: a fixed horizon. */
  tuning: number | null;
}

const perVariant = ({ users, variants }: PlanOptions): number => users / variants;

const criticalZ = ({ alternative, alpha }: PlanOptions): number =>
  normalQuantile(1 - (alternative === 'two-sided' ? alpha / 2 : alpha));

/** How much an always-valid interval is wider than a fixed one, squared; 1 for a fixed horizon. */
function inflation(plan: PlanOptions): number {
  if (plan.tuning === null) return 1;
  const unit = { effect: 0, standardError: 1, degrees: Infinity };
  const { low, high } = sequentialTest(unit, { ...plan, tuning: plan.tuning, users: 2 * perVariant(plan) });
  return ((high ?? -(low ?? 0)) / criticalZ(plan)) ** 2;
}

/** Standard error of an effect that is really there, both samples having the planned variance. */
function plannedError(plan: PlanOptions, effect: number): number {
  const ofMean = (plan.variance / perVariant(plan)) * inflation(plan);
  if (plan.difference === 'absolute') return Math.sqrt(2 * ofMean);
  const growth = 1 + effect * Math.sign(plan.mean); // variant mean ÷ control mean
  return Math.sqrt((ofMean / plan.mean ** 2) * (1 + growth ** 2));
}

/** Chance that the test finds an effect of that size. */
export function powerOf(plan: PlanOptions, effect: number): number {
  const z = criticalZ(plan);
  const shift = effect / plannedError(plan, effect);
  if (plan.alternative === 'greater') return normalCdf(shift - z);
  if (plan.alternative === 'less') return normalCdf(-shift - z);
  return normalCdf(shift - z) + normalCdf(-z - shift);
}

/**
 * The smallest effect found with that power (the far tail of a two-sided test left out); null where the sample is too
 * small for any. Relative: the size m with m² = r (1 + (1 + k m)²), r = z² σ² ÷ mean², where k says whether the effect
 * takes the mean away from 0 (1) or towards it (−1).
 */
export function minimumEffectOf(plan: PlanOptions, power: number): number | null {
  const z = criticalZ(plan) - normalQuantile(1 - power);
  const ofMean = (plan.variance / perVariant(plan)) * inflation(plan);
  const direction = plan.alternative === 'less' ? -1 : 1;
  if (plan.difference === 'absolute') return direction * z * Math.sqrt(2 * ofMean);
  const ratio = (z * z * ofMean) / plan.mean ** 2;
  const size = relativeSize(ratio, direction === Math.sign(plan.mean));
  return size === null ? null : direction * size;
}

function relativeSize(ratio: number, isAwayFromZero: boolean): number | null {
  const root = Math.sqrt(ratio * (2 - ratio));
  if (isAwayFromZero) return ratio < 1 ? (ratio + root) / (1 - ratio) : null;
  if (ratio > 2) return null;
  return ratio === 1 ? 1 : (root - ratio) / (1 - ratio);
}
