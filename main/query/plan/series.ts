import { wilsonInterval } from '../../../shared/stats/wilson.ts';
import type { GroupSet } from './question.ts';
import type { Scan } from './scan.ts';

/** One number of a line with what it was made of. */
export interface Point {
  value: number | null;
  numerator?: number | null;
  denominator?: number | null;
  low?: number | null;
  high?: number | null;
  comparable?: number | null;
}

/** One series of a trend, ready to run: its passes over the store, then its numbers. */
export interface SeriesPlan {
  name: string;
  scans: readonly Scan[];
  /** Called once, after the scans. */
  finish?: () => void;
  /** Bucket null: the whole range. */
  point: (groups: GroupSet, bucket: number | null) => Point;
  /** How large a group is: events, users, runs … of the whole range. */
  units: (groups: GroupSet) => number;
}

/** Null where the divisor is 0: nothing is known. */
export const divide = (numerator: number, denominator: number): number | null =>
  denominator === 0 ? null : numerator / denominator;

/** A ratio with its two sides; with `wilson` also its 95 % interval. */
export function ratioPoint(
  numerator: number,
  denominator: number,
  options: { scale?: number; wilson?: boolean } = {},
): Point {
  const ratio = divide(numerator, denominator);
  const value = ratio === null ? null : ratio * (options.scale ?? 1);
  const sides = { value, numerator, denominator };
  if (options.wilson !== true) return sides;
  if (denominator === 0) return { ...sides, low: null, high: null };
  const [low, high] = wilsonInterval(numerator, denominator);
  return { ...sides, low, high };
}
