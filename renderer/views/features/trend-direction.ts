import { studentQuantile } from '../../../shared/stats/student-t.ts';

export type Direction = 'up' | 'down' | 'stable' | 'new' | 'unknown';

export interface Slope {
  /** Change per week, ratio. */
  perWeek: number;
  low: number;
  high: number;
}

const FEWEST_WEEKS = 4; // with fewer there is no noise to hold the slope against

/** Least squares over equally spaced weeks, with the 95 % interval of the slope by Student's t with n − 2 degrees of
 *  freedom; null below four weeks. Without any noise the interval is the slope itself. */
export function slopeOf(values: readonly number[]): Slope | null {
  const n = values.length;
  if (n < FEWEST_WEEKS) return null;
  const middle = (n - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const spread = values.reduce((sum, _, week) => sum + (week - middle) ** 2, 0);
  const perWeek = values.reduce((sum, value, week) => sum + (week - middle) * (value - mean), 0) / spread;
  const noise = values.reduce((sum, value, week) => sum + (value - mean - perWeek * (week - middle)) ** 2, 0);
  const half = studentQuantile(0.975, n - 2) * Math.sqrt(noise / (n - 2) / spread);
  return { perWeek, low: perWeek - half, high: perWeek + half };
}

/** Up or down when the interval of the slope excludes zero; new when the first half of the weeks is without any use. */
export function directionOf(weeks: readonly (number | null)[]): Direction {
  const known = weeks.map((value) => value ?? 0);
  const half = Math.floor(known.length / 2);
  if (half >= 2 && known.slice(0, half).every((value) => value === 0) && known.some((value) => value > 0))
    return 'new';
  const slope = slopeOf(known);
  if (slope === null) return 'unknown';
  if (slope.low > ROUNDING) return 'up';
  return slope.high < -ROUNDING ? 'down' : 'stable';
}

const ROUNDING = 1e-9; // a flat line has no slope, whatever the last bit says
