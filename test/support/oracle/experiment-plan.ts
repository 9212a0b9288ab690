import { normalCdf, normalQuantile, normalTail } from './distributions.ts';
import type { Plan, TestOptions } from './types.ts';

const ALPHA = 0.05;
const LARGEST_EFFECT = 1e12; // an effect that is not found below this is found nowhere

/** What a test of so many users would find. The users are split evenly. */
export function answerPlan(
  plan: Plan,
  options: TestOptions,
): { power: number | null; minimumEffect: number | null } {
  const isSenseless =
    plan.users <= 0 || plan.variance <= 0 || (plan.mean === 0 && options.difference !== 'absolute');
  if ('effect' in plan) {
    return { power: isSenseless ? null : powerCurve(plan, options)(plan.effect), minimumEffect: plan.effect };
  }
  return { power: plan.power, minimumEffect: isSenseless ? null : smallestEffect(plan.power, plan, options) };
}

/** Power as a function of the effect. */
function powerCurve(plan: Plan, options: TestOptions): (effect: number) => number {
  const { alternative = 'two-sided', alpha = ALPHA } = options;
  const limit = normalQuantile(1 - (alternative === 'two-sided' ? alpha / 2 : alpha));
  return (effect) => {
    const z = effect / errorOf(effect, plan, options);
    const above = normalTail(limit - z);
    const below = normalCdf(-limit - z);
    return alternative === 'two-sided' ? above + below : alternative === 'greater' ? above : below;
  };
}

/** Standard error of the effect if it is so large and both samples vary alike. */
function errorOf(
  effect: number,
  { mean, variance, users, variants }: Plan,
  { difference = 'relative' }: TestOptions,
): number {
  const n = users / variants;
  if (difference === 'absolute') return Math.sqrt((2 * variance) / n);
  const meanThere = mean + effect * Math.abs(mean);
  return Math.sqrt(variance / (mean ** 2 * n) + (variance * meanThere ** 2) / (mean ** 4 * n));
}

/** By halving. Null where no effect would do. */
function smallestEffect(power: number, plan: Plan, options: TestOptions): number | null {
  const sign = options.alternative === 'less' ? -1 : 1;
  const powerOf = powerCurve(plan, options);
  const isEnough = (size: number) => powerOf(sign * size) >= power;
  if (isEnough(0)) return 0;
  let high = 1e-9;
  while (!isEnough(high)) {
    if (high > LARGEST_EFFECT) return null;
    high *= 2;
  }
  let low = high / 2;
  if (high === 1e-9) low = 0;
  while (true) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return sign * middle;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
}
