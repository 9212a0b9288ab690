import { normalCdf, normalQuantile, normalTail } from './distributions.ts';
import { alwaysValidWidth } from './experiment-test.ts';
import type { Plan, TestOptions } from './types.ts';

const ALPHA = 0.05;
const LARGEST_EFFECT = 1e12; // an effect that is not found below this is found nowhere

/** What a test of so many users would find; a fixed horizon unless an always-valid interval is asked for. */
export function answerPlan(plan: Plan, options: TestOptions): object {
  const { mean, users, variants = 2, variance = mean * (1 - mean) } = plan;
  const scene: Scene = { mean, variance, n: users / variants, options };
  const reason =
    users <= 0
      ? 'no users'
      : variance <= 0
        ? 'no variance'
        : mean === 0 && options.difference !== 'absolute'
          ? 'the mean is 0'
          : null;
  if ('effect' in plan) {
    const power = reason === null ? powerCurve(scene)(plan.effect) : null;
    return { power, minimumEffect: plan.effect, reason };
  }
  const minimumEffect = reason === null ? smallestEffect(plan.power, scene) : null;
  return {
    power: plan.power,
    minimumEffect,
    reason: reason ?? (minimumEffect === null ? 'no effect is large enough' : null),
  };
}

interface Scene {
  mean: number;
  variance: number;
  /** Users of each variant. */
  n: number;
  options: TestOptions;
}

/** Power as a function of the effect. */
function powerCurve(scene: Scene): (effect: number) => number {
  const { alternative = 'two-sided', alpha = ALPHA, sequential = null } = scene.options;
  const limit = sequential
    ? alwaysValidWidth(2 * scene.n, alternative, alpha, sequential.tuning)
    : normalQuantile(1 - (alternative === 'two-sided' ? alpha / 2 : alpha));
  return (effect) => {
    const z = effect / errorOf(effect, scene);
    const above = normalTail(limit - z);
    const below = normalCdf(-limit - z);
    return alternative === 'two-sided' ? above + below : alternative === 'greater' ? above : below;
  };
}

/** Standard error of the effect if it is so large and both samples vary alike. */
function errorOf(effect: number, { mean, variance, n, options }: Scene): number {
  if (options.difference === 'absolute') return Math.sqrt((2 * variance) / n);
  const meanThere = mean + effect * Math.abs(mean);
  return Math.sqrt(variance / (mean ** 2 * n) + (variance * meanThere ** 2) / (mean ** 4 * n));
}

/** By halving. Null where no effect would do. */
function smallestEffect(power: number, scene: Scene): number | null {
  const sign = scene.options.alternative === 'less' ? -1 : 1;
  const powerOf = powerCurve(scene);
  const isEnough = (size: number) => powerOf(sign * size) >= power;
  if (isEnough(0)) return 0;
  let low = 0;
  let high = 1e-9;
  while (!isEnough(high)) {
    if (high > LARGEST_EFFECT) return null;
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return sign * middle;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
}
