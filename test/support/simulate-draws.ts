import { createRandom } from '../../main/engine/sample/random.ts';

/** Draws of the distributions that simulated traffic and series are made of; the same seed gives the same draws. */
export interface Draws {
  /** Uniform in [0, 1). */
  next: () => number;
  /** Uniform in [low, high). */
  between: (low: number, high: number) => number;
  /** Whole number in [low, high], both included. */
  whole: (low: number, high: number) => number;
  chance: (probability: number) => boolean;
  /** Mean 0, deviation 1, tails not cut. */
  normal: () => number;
  exponential: (mean: number) => number;
  /** Marsaglia and Tsang (2000), ACM TOMS 26; scale 1. */
  gamma: (shape: number) => number;
  beta: (a: number, b: number) => number;
  poisson: (mean: number) => number;
  binomial: (n: number, p: number) => number;
  /** Poisson with a gamma mean: variance = mean + mean² / size. */
  negativeBinomial: (mean: number, size: number) => number;
  pick: <T>(list: readonly T[]) => T;
}

const LARGE_MEAN = 60; // above it a rounded normal is near enough to Poisson and binomial

export function createDraws(seed: number, label: string): Draws {
  const { next, whole, pick } = createRandom(seed, label);
  const between = (low: number, high: number): number => low + (high - low) * next();
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  const exponential = (mean: number): number => -mean * Math.log(1 - next());

  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * Math.pow(1 - next(), 1 / shape);
    const d = shape - 1 / 3;
    for (;;) {
      const x = normal();
      const v = Math.pow(1 + x / Math.sqrt(9 * d), 3);
      if (v > 0 && Math.log(1 - next()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
    }
  };
  const beta = (a: number, b: number): number => {
    const x = gamma(a);
    return x / (x + gamma(b));
  };
  const poisson = (mean: number): number => {
    if (mean > LARGE_MEAN) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = next(); product > limit; product *= next()) count += 1;
    return count;
  };
  const binomial = (n: number, p: number): number => {
    if (n * Math.min(p, 1 - p) > LARGE_MEAN) {
      const drawn = Math.round(n * p + Math.sqrt(n * p * (1 - p)) * normal());
      return Math.min(n, Math.max(0, drawn));
    }
    let count = 0;
    for (let i = 0; i < n; i += 1) if (next() < p) count += 1;
    return count;
  };
  return {
    next,
    between,
    whole,
    pick,
    normal,
    exponential,
    gamma,
    beta,
    poisson,
    binomial,
    chance: (probability) => next() < probability,
    negativeBinomial: (mean, size) => poisson((mean * gamma(size)) / size),
  };
}
