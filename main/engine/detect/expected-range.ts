import { createRecentErrors, type RecentErrors } from './recent-errors.ts';

/** Where the next value of a series is expected, from the errors of whatever has predicted it best so far. */
export interface ExpectedRange {
  /** One prediction per way of predicting, null where a way has none. */
  rangeOf: (predictions: readonly (number | null)[]) => readonly [low: number, high: number] | null;
  learn: (predictions: readonly (number | null)[], value: number) => void;
  save: () => ExpectedRangeState;
}

export interface ExpectedRangeState {
  /** Per way of predicting: its last errors, oldest first, and their mean size. */
  errors: number[][];
  sizes: (number | null)[];
}

const KEPT_ERRORS = 500;
const SIZE_MEMORY = 200; // values
const TAIL = 0.005; // on either side: 99 of 100 past errors lie inside
const LEAST_ERRORS = 5;

export function createExpectedRange(ways: number, saved?: ExpectedRangeState): ExpectedRange {
  const errors: RecentErrors[] = Array.from({ length: ways }, (_, way) =>
    createRecentErrors(KEPT_ERRORS, saved?.errors[way]),
  );
  const sizes = saved === undefined ? new Array<number | null>(ways).fill(null) : [...saved.sizes];

  const best = (predictions: readonly (number | null)[]): number | null => {
    let found: number | null = null;
    for (let way = 0; way < ways; way += 1) {
      const size = sizes[way] ?? null;
      if (predictions[way] == null || size === null || (errors[way] as RecentErrors).count() < LEAST_ERRORS)
        continue;
      if (found === null || size < (sizes[found] as number)) found = way;
    }
    return found;
  };
  return {
    rangeOf(predictions) {
      const way = best(predictions);
      if (way === null) return null;
      const centre = predictions[way] as number;
      const past = errors[way] as RecentErrors;
      return [centre + past.quantile(TAIL), centre + past.quantile(1 - TAIL)];
    },
    learn(predictions, value) {
      for (let way = 0; way < ways; way += 1) {
        const prediction = predictions[way];
        if (prediction == null) continue;
        const error = value - prediction;
        const past = errors[way] as RecentErrors;
        past.push(error);
        const size = sizes[way] ?? null;
        const weight = 1 / Math.min(past.count(), SIZE_MEMORY);
        sizes[way] = size === null ? Math.abs(error) : size + weight * (Math.abs(error) - size);
      }
    },
    save: () => ({ errors: errors.map((past) => past.save()), sizes: [...sizes] }),
  };
}
