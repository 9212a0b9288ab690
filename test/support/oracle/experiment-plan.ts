import { normalCdf, normalQuantile, normalTail } from './distributions.ts';
import { alwaysValidWidth } from './experiment-test.ts';
import type { Plan, TestOptions } from './types.ts';

const ALPHA = 0.05;
const LARGEST_EFFECT = 1e12; // an effect that is not found below this is found nowhere

/**
 * What a test of so many users would find; a fixed horizon unless an always-valid interval is asked for, which counts as
 * a standard error that is larger in the proportion of the two widths.
 */
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
          : 'power' in plan && plan.power <= (options.alpha ?? ALPHA)
            ? 'the power is not above alpha'
            : null;
  if ('effect' in plan) {
    const power = reason === null ? powerOf(plan.effect, scene) : null;
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

function powerOf(effect: number, scene: Scene): number {
  const { alternative = 'two-sided' } = scene.options;
  const [near, far] = tails(scene, effect);
  return alternative === 'two-sided' ? near + far : alternative === 'greater' ? near : far;
}

/** The chance that the estimate lies beyond the upper limit, and beyond the lower one. */
function tails(scene: Scene, effect: number): [number, number] {
  const limit = limitOf(scene);
  const z = effect / errorOf(effect, scene);
  return [normalTail(limit - z), normalCdf(-limit - z)];
}

const limits = new Map<number, number>();

function limitOf({ options }: Scene): number {
  const { alternative = 'two-sided', alpha = ALPHA } = options;
  const level = alternative === 'two-sided' ? alpha / 2 : alpha;
  const limit = limits.get(level) ?? normalQuantile(1 - level);
  limits.set(level, limit);
  return limit;
}

function widening(scene: Scene): number {
  const { alternative = 'two-sided', alpha = ALPHA, sequential = null } = scene.options;
  if (sequential === null) return 1;
  return alwaysValidWidth(2 * scene.n, alternative, alpha, sequential.tuning) / limitOf(scene);
}

/** Standard error of the effect if it is so large and both samples vary alike. */
function errorOf(effect: number, scene: Scene): number {
  const { mean, variance, n, options } = scene;
  if (options.difference === 'absolute') return Math.sqrt((2 * variance) / n) * widening(scene);
  const meanThere = mean + effect * Math.abs(mean);
  const squared = variance / (mean ** 2 * n) + (variance * meanThere ** 2) / (mean ** 4 * n);
  return Math.sqrt(squared) * widening(scene);
}

/** By halving, without the far tail of a two-sided test. Null where no effect would do. */
function smallestEffect(power: number, scene: Scene): number | null {
  const isLess = scene.options.alternative === 'less';
  const isEnough = (size: number) => {
    const [above, below] = tails(scene, isLess ? -size : size);
    return (isLess ? below : above) >= power;
  };
  let low = 0;
  let high = 1e-9;
  while (!isEnough(high)) {
    if (high > LARGEST_EFFECT) return null;
    low = high;
    high *= 2;
  }
  for (;;) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return isLess ? -middle : middle;
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
}
