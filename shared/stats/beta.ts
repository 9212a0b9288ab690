import { logGamma, stirlingError } from './gamma.ts';

const STIRLING_FROM = 10;
const MOST_TERMS = 10_000;
const EPSILON = 2 ** -53;
const TINY = 1e-300;

/**
 * ln B(a, b); a, b > 0. The large parts of ln Γ(a) − ln Γ(a + b) cancel before anything is rounded, so a million degrees
 * of freedom cost no digits.
 */
export function logBeta(a: number, b: number): number {
  const [small, large] = a < b ? [a, b] : [b, a];
  if (large < STIRLING_FROM) return logGamma(small) + logGamma(large) - logGamma(small + large);
  const sum = small + large;
  // ln Γ(large) − ln Γ(sum) by Stirling
  const difference =
    (large - 0.5) * -Math.log1p(small / large) -
    small * Math.log(sum) +
    small +
    stirlingError(large) -
    stirlingError(sum);
  return logGamma(small) + difference;
}

/**
 * Regularised incomplete beta function I_x(a, b); 0..1. `complement` is 1 − x, given apart where x is close to 1.
 * Source: Abramowitz & Stegun (1964), 26.5.8, by continued fraction; 26.5.2 for the far side.
 */
export function incompleteBeta(x: number, a: number, b: number, complement = 1 - x): number {
  if (x <= 0) return 0;
  if (complement <= 0) return 1;
  const front = Math.exp(a * Math.log(x) + b * Math.log(complement) - logBeta(a, b));
  if (x < (a + 1) / (a + b + 2)) return (front / a) * fraction(x, a, b);
  return 1 - (front / b) * fraction(complement, b, a);
}

function fraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let h = d;
  for (let m = 1; m < MOST_TERMS; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    h *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) <= 2 * EPSILON) break;
  }
  return h;
}

const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
