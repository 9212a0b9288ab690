/** How much livelier or quieter buckets are than even arrivals would make them. */
export interface Clumping {
  learn: (count: number, usual: number) => void;
  /** Shape of the gamma by which the mean of a bucket wavers: variance = usual + usual² / shape. */
  shape: () => number;
  save: () => ClumpingState;
}

export interface ClumpingState {
  /** Sums of the variance beyond Poisson's, and of the squared means, fading. */
  excess: number;
  squares: number;
}

const USUAL_SHAPE = 30; // hours waver by 18 %
const PRIOR_BUCKETS = 100; // by which the measured is drawn to the usual
const MEMORY_BUCKETS = 672; // 28 days of hours
const MOST_SQUARED_DEVIATIONS = 9; // a single wild hour says little about the others
const SHAPE_RANGE = [2, 1_000] as const;

/** By moments, as for the negative binomial: E[(count − usual)²] − usual = usual² / shape. */
export function createClumping(saved?: ClumpingState): Clumping {
  const state = { ...(saved ?? { excess: 0, squares: 0 }) };
  let known = shapeOf(state);
  return {
    learn(count, usual) {
      if (!(usual > 0)) return;
      const most = MOST_SQUARED_DEVIATIONS * (usual + (usual * usual) / known);
      const excess = Math.min(most, (count - usual) ** 2) - usual;
      const keep = 1 - 1 / MEMORY_BUCKETS;
      if (state.squares === 0) {
        state.excess = (PRIOR_BUCKETS * usual * usual) / USUAL_SHAPE;
        state.squares = PRIOR_BUCKETS * usual * usual;
      }
      state.excess = keep * state.excess + excess;
      state.squares = keep * state.squares + usual * usual;
      known = shapeOf(state);
    },
    shape: () => known,
    save: () => ({ ...state }),
  };
}

function shapeOf({ excess, squares }: ClumpingState): number {
  if (squares === 0) return USUAL_SHAPE;
  return Math.min(SHAPE_RANGE[1], Math.max(SHAPE_RANGE[0], squares / Math.max(excess, 1e-9 * squares)));
}
