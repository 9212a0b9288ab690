import { lowerGamma, upperGamma } from './gamma.ts';

const SQRT_2PI = 2.5066282746310007;

/** Density of the standard normal distribution. */
export const normalDensity = (z: number): number => Math.exp(-0.5 * z * z) / SQRT_2PI;

/** Φ(z); full relative accuracy in the lower tail. Φ(−|z|) = ½ Q(½, z² ÷ 2). */
export function normalCdf(z: number): number {
  const half = (z * z) / 2;
  return z < 0 ? 0.5 * upperGamma(0.5, half) : 0.5 + 0.5 * lowerGamma(0.5, half);
}

/**
 * Φ⁻¹(p): 0 gives −Infinity, 1 Infinity. A rational start, then Newton steps on the smaller tail.
 * Source of the start: Abramowitz & Stegun (1964), 26.2.23.
 */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p > 0.5) return -normalQuantile(1 - p);
  const t = Math.sqrt(-2 * Math.log(p));
  let z =
    -t + (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  for (let step = 0; step < MOST_STEPS; step++) {
    const change = (normalCdf(z) - p) / normalDensity(z);
    z -= change;
    if (Math.abs(change) <= PRECISION * Math.abs(z) || change === 0) break;
  }
  return z;
}

const MOST_STEPS = 20; // each doubles the digits; four are usual
const PRECISION = 1e-15;
