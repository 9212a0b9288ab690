import { normalCdf, normalDensity, normalQuantile, normalTail, tQuantile, tTail } from './distributions.ts';
import type { TestOptions } from './types.ts';

/** The test of one variant against the control, by the formulas of DATA §5. */
export interface Arm {
  name: string;
  n: number;
  /** Null where nothing was measured. */
  mean: number | null;
  /** Of one user's value; adjusted for the time before where there is such. */
  variance: number;
  /** What the adjustment takes off the mean. */
  shift: number;
}

const ALPHA = 0.05;
const TUNING = 5000;

export interface VariantResult {
  name: string;
  n: number;
  mean: number | null;
  effect: number | null;
  standardError: number | null;
  low: number | null;
  high: number | null;
  pValue: number | null;
  sequential: { low: number | null; high: number | null; pValue: number } | null;
  bayesian: {
    effect: number | null;
    standardError: number | null;
    low: number | null;
    high: number | null;
    chanceToWin: number;
    risk: { keep: number | null; switch: number | null };
  } | null;
  reason: string | null;
}

const NOTHING = { effect: null, standardError: null, low: null, high: null };

export const controlResult = ({ name, n, mean }: Arm): VariantResult => ({
  name,
  n,
  mean,
  ...NOTHING,
  pValue: null,
  sequential: null,
  bayesian: null,
  reason: null,
});

/** Where there is nothing to compare. */
const neutralResult = (
  { name, n, mean }: Arm,
  { sequential }: TestOptions,
  reason: string,
): VariantResult => ({
  name,
  n,
  mean,
  ...NOTHING,
  pValue: 1,
  sequential: sequential === null ? null : { low: null, high: null, pValue: 1 },
  bayesian: neutralPosterior(),
  reason,
});

const neutralPosterior = () => ({ ...NOTHING, chanceToWin: 0.5, risk: { keep: null, switch: null } });

export function compareArms(control: Arm, variant: Arm, options: TestOptions): VariantResult {
  const { difference = 'relative' } = options;
  const reason = whyNot(control, variant, difference);
  if (reason !== null || control.mean === null || variant.mean === null) {
    return neutralResult(variant, options, reason ?? 'nothing was measured');
  }
  const gained = variant.mean - variant.shift - (control.mean - control.shift);
  const base = Math.abs(control.mean);
  const isRelative = difference === 'relative';
  const estimate: Estimate = {
    effect: isRelative ? gained / base : gained,
    standardError: Math.sqrt(isRelative ? ratioVariance(control, variant) : plainVariance(control, variant)),
    df: degreesOfFreedom(control, variant),
    users: control.n + variant.n,
  };
  return {
    name: variant.name,
    n: variant.n,
    mean: variant.mean,
    effect: estimate.effect,
    standardError: estimate.standardError,
    ...fixedHorizon(estimate, options),
    sequential: alwaysValid(estimate, options),
    bayesian: posterior(estimate, options, isRelative ? 1 : base),
    reason: null,
  };
}

function whyNot(control: Arm, variant: Arm, difference: 'relative' | 'absolute'): string | null {
  if (control.mean === null || variant.mean === null) {
    return control.n === 0 || variant.n === 0 ? 'no users' : 'nothing was measured';
  }
  if (!(control.variance > 0) || !(variant.variance > 0)) return 'no variance';
  return difference === 'relative' && control.mean === 0 ? 'the control mean is 0' : null;
}

const plainVariance = (a: Arm, b: Arm): number => a.variance / a.n + b.variance / b.n;

/** Delta method, with the variance of both means. */
function ratioVariance(a: Arm, b: Arm): number {
  const [meanA, meanB] = [a.mean ?? 0, b.mean ?? 0];
  return b.variance / (meanA ** 2 * b.n) + (a.variance * meanB ** 2) / (meanA ** 4 * a.n);
}

/** Welch and Satterthwaite. */
function degreesOfFreedom(a: Arm, b: Arm): number {
  const [partA, partB] = [a.variance / a.n, b.variance / b.n];
  return (partA + partB) ** 2 / (partA ** 2 / (a.n - 1) + partB ** 2 / (b.n - 1));
}

interface Estimate {
  effect: number;
  standardError: number;
  df: number;
  /** Of both samples. */
  users: number;
}

function fixedHorizon({ effect, standardError, df }: Estimate, options: TestOptions) {
  const { alternative = 'two-sided', alpha = ALPHA } = options;
  const t = effect / standardError;
  if (alternative === 'two-sided') {
    const half = tQuantile(1 - alpha / 2, df) * standardError;
    return { low: effect - half, high: effect + half, pValue: Math.min(1, 2 * tTail(Math.abs(t), df)) };
  }
  const width = tQuantile(1 - alpha, df) * standardError;
  return alternative === 'greater'
    ? { low: effect - width, high: null, pValue: tTail(t, df) }
    : { low: null, high: effect + width, pValue: tTail(-t, df) };
}

/** Asymptotic confidence sequence (Waudby-Smith et al., arXiv 2103.06476). */
function alwaysValid({ effect, standardError, users }: Estimate, options: TestOptions) {
  const { alternative = 'two-sided', alpha = ALPHA, sequential } = options;
  if (sequential === null) return null;
  const half = standardError * alwaysValidWidth(users, alternative, alpha, sequential?.tuning);
  const spent = users * rhoSquared(alternative, alpha, sequential?.tuning);
  const m = spent + 1;
  const exponent = ((effect / standardError) ** 2 * spent) / (2 * m);
  if (alternative === 'two-sided') {
    const pValue = Math.min(1, Math.sqrt(m) * Math.exp(-exponent));
    return { low: effect - half, high: effect + half, pValue };
  }
  const points = alternative === 'greater' ? effect > 0 : effect < 0; // else no level excludes 0
  const pValue = points ? Math.min(0.5, Math.sqrt(m) / (2 * Math.expm1(exponent))) : 0.5;
  return alternative === 'greater'
    ? { low: effect - half, high: null, pValue }
    : { low: null, high: effect + half, pValue };
}

/** Of both sides α, of one side 2α. */
function rhoSquared(alternative: Alternative, alpha: number, tuning = TUNING): number {
  const level = alternative === 'two-sided' ? alpha : 2 * alpha;
  return (-2 * Math.log(level) + Math.log(1 - 2 * Math.log(level))) / tuning;
}

/** Half the always-valid interval, in standard errors. */
export function alwaysValidWidth(
  users: number,
  alternative: Alternative,
  alpha: number,
  tuning?: number,
): number {
  const spent = users * rhoSquared(alternative, alpha, tuning);
  const root = Math.sqrt(spent + 1);
  const log = alternative === 'two-sided' ? Math.log(root / alpha) : Math.log(1 + root / (2 * alpha));
  return Math.sqrt(((2 * (spent + 1)) / spent) * log);
}

type Alternative = NonNullable<TestOptions['alternative']>;

/** Normal posterior. The prior is one of the relative effect: `scale` turns it into one of the effect. */
function posterior(
  { effect, standardError }: Estimate,
  options: TestOptions,
  scale: number,
): VariantResult['bayesian'] {
  const { alpha = ALPHA, prior = { mean: 0, variance: 0.1 } } = options;
  if (prior && scale === 0) return neutralPosterior();
  const priorPrecision = prior ? 1 / (prior.variance * scale ** 2) : 0;
  const dataPrecision = 1 / standardError ** 2;
  const precision = dataPrecision + priorPrecision;
  const mean = (effect * dataPrecision + (prior ? prior.mean * scale * priorPrecision : 0)) / precision;
  const deviation = Math.sqrt(1 / precision);
  const z = mean / deviation;
  const half = normalQuantile(1 - alpha / 2) * deviation;
  const spread = deviation * normalDensity(z);
  return {
    effect: mean,
    standardError: deviation,
    low: mean - half,
    high: mean + half,
    chanceToWin: normalCdf(z),
    // what is lost on average by keeping the control where the effect is positive, by switching where it is negative
    risk: { keep: mean * normalCdf(z) + spread, switch: spread - mean * normalTail(z) },
  };
}
