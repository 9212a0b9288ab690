import { incompleteBeta, logBeta } from './beta.ts';
import { normalQuantile } from './normal.ts';

/**
 * Lower tail of Student's t with `degrees` > 0 of freedom, not whole as a rule; infinitely many make it the normal
 * distribution in the limit. P(T ≤ −|t|) = ½ I_x(ν ÷ 2, ½) with x = ν ÷ (ν + t²). Source: Abramowitz & Stegun, 26.7.1.
 */
export function studentCdf(t: number, degrees: number): number {
  const tail =
    0.5 * incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5, (t * t) / (degrees + t * t));
  return t < 0 ? tail : 1 - tail;
}

export const studentTail = (t: number, degrees: number): number => studentCdf(-t, degrees);

/** The t with P(T ≤ t) = p. Newton from the normal quantile, kept inside a bracket that each step narrows. */
export function studentQuantile(p: number, degrees: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p === 0.5) return 0;
  if (p > 0.5) return -studentQuantile(1 - p, degrees);
  let high = 0;
  let low = Math.min(-1, normalQuantile(p) * 2);
  while (studentCdf(low, degrees) > p) low *= 2;
  let t = Math.max(low, normalQuantile(p));
  for (let step = 0; step < MOST_STEPS; step++) {
    const error = studentCdf(t, degrees) - p;
    if (error > 0) high = t;
    else low = t;
    const next = t - error / density(t, degrees);
    const change = next > low && next < high ? next - t : (low + high) / 2 - t;
    t += change;
    if (Math.abs(change) <= PRECISION * Math.abs(t)) break;
  }
  return t;
}

const MOST_STEPS = 200; // bisection alone would need about 60
const PRECISION = 1e-15;

const density = (t: number, degrees: number): number =>
  Math.exp(
    -0.5 * Math.log(degrees) -
      logBeta(degrees / 2, 0.5) -
      ((degrees + 1) / 2) * Math.log1p((t * t) / degrees),
  );
