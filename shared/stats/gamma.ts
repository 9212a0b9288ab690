/** ½ ln 2π */
const HALF_LOG_2PI = 0.9189385332046728;
const STIRLING_FROM = 10;
/** Coefficients B₂ₖ ÷ (2k (2k − 1)) of Stirling's series, k = 1 … 8. Source: Abramowitz & Stegun (1964), 6.1.41. */
const STIRLING = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360_360, 1 / 156, -3617 / 122_400];

/** What Stirling's formula leaves out of ln Γ(x); x ≥ 10. */
export function stirlingError(x: number): number {
  const inverse = 1 / (x * x);
  let sum = 0;
  for (let k = STIRLING.length - 1; k >= 0; k--) sum = sum * inverse + (STIRLING[k] ?? 0);
  return sum / x;
}

/** ln Γ(x) of x > 0; small arguments are moved up by Γ(x + 1) = x Γ(x). */
export function logGamma(x: number): number {
  let at = x;
  let product = 1;
  while (at < STIRLING_FROM) product *= at++;
  return (at - 0.5) * Math.log(at) - at + HALF_LOG_2PI + stirlingError(at) - Math.log(product);
}

const MOST_TERMS = 10_000; // convergence takes about √a terms near the mean
const EPSILON = 2 ** -53;
const TINY = 1e-300;

/**
 * Regularised incomplete gamma function from above, Q(a, x) = Γ(a, x) ÷ Γ(a); 0..1, small values to full relative accuracy.
 * a > 0, x ≥ 0. Source: Abramowitz & Stegun (1964), 6.5.29 (series) and 6.5.31 (continued fraction).
 */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  if (x === Infinity) return 0;
  return x < a + 1 ? 1 - series(a, x) : fraction(a, x);
}

/** P(a, x) = 1 − Q(a, x). */
export function lowerGamma(a: number, x: number): number {
  if (x <= 0) return 0;
  if (x === Infinity) return 1;
  return x < a + 1 ? series(a, x) : 1 - fraction(a, x);
}

const front = (a: number, x: number): number => Math.exp(a * Math.log(x) - x - logGamma(a));

function series(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let n = 1; n < MOST_TERMS && term > sum * EPSILON; n++) {
    term *= x / (a + n);
    sum += term;
  }
  return sum * front(a, x);
}

/** Modified Lentz. Source: Thompson & Barnett (1986), J. Comput. Phys. 64, 490–509. */
function fraction(a: number, x: number): number {
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / (b === 0 ? TINY : b);
  let h = d;
  for (let n = 1; n < MOST_TERMS; n++) {
    const numerator = -n * (n - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b);
    c = nonZero(b + numerator / c);
    const factor = d * c;
    h *= factor;
    if (Math.abs(factor - 1) <= EPSILON) break;
  }
  return h * front(a, x);
}

const nonZero = (value: number): number => (Math.abs(value) < TINY ? TINY : value);
