import { normalCdf } from '../../../shared/stats/normal.ts';

/** How improbable a measurement is against its own past, as −log10 of a tail probability: 3 is one in a thousand. */
export interface SurpriseScale {
  /** Judges a measurement (0 or more) against those before it, then learns it. */
  judge: (measure: number) => number;
  save: () => SurpriseState;
}

export interface SurpriseState {
  count: number;
  /** Of the logarithm of the measurements. */
  mean: number;
  variance: number;
  /** Mean of the measurements themselves. */
  level: number;
}

const LEARN_FIRST = 20; // a deviation from fewer says little
const MEMORY = 4_000; // measurements; older ones fade, so that a series may change its ways
const FLOOR_SHARE = 0.02; // of the mean: what is that small counts as nothing, or the logarithm would dwell on it
const NOTHING = 1e-12;
const LEAST_VARIANCE = 1e-4; // one percent: a measurement that never varied is not infinitely exact
const MOST = 16; // a double's own precision; beyond it one surprise is like another

/** `both`: unusually small is a surprise too, as a spread that collapses. */
export function createSurpriseScale(sides: 'upper' | 'both', saved?: SurpriseState): SurpriseScale {
  let { count, mean, variance, level } = saved ?? { count: 0, mean: 0, variance: 0, level: 0 };

  const tail = (logMeasure: number): number => {
    if (count < LEARN_FIRST) return 0;
    const z = (logMeasure - mean) / Math.sqrt(variance + LEAST_VARIANCE);
    if (sides === 'upper') return z > 0 ? surpriseOf(z, 1) : 0;
    return surpriseOf(Math.abs(z), 2);
  };
  return {
    judge(measure) {
      const logMeasure = Math.log(measure + FLOOR_SHARE * level + NOTHING);
      const surprise = tail(logMeasure);
      count += 1;
      const weight = 1 / Math.min(count, MEMORY);
      const error = logMeasure - mean;
      mean += weight * error;
      variance = (1 - weight) * (variance + weight * error * error);
      level += weight * (measure - level);
      return surprise;
    },
    save: () => ({ count, mean, variance, level }),
  };
}

function surpriseOf(z: number, tails: 1 | 2): number {
  return Math.min(MOST, Math.max(0, -Math.log10(tails * normalCdf(-z)))); // far out the tail is 0: the most
}
