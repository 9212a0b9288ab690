/**
 * Distribution functions by numeric integration of their densities, and quantiles by halving. Slow on purpose: no
 * series or approximation is shared with anything that is faster. Tails are integrated as such, so that small
 * probabilities keep their digits.
 */

const STEP = 1 / 16;
const REACH = 4; // beyond it the weights of the rule are below 1e-36

/** Nodes of the tanh-sinh rule on (0, 1): how far from the nearer end, which end, and the weight. */
const NODES = Array.from({ length: (2 * REACH) / STEP + 1 }, (_, index) => {
  const t = index * STEP - REACH;
  const u = (Math.PI / 2) * Math.sinh(t);
  return {
    // taken as such: 1 - tanh(u) would lose it
    distance: 1 / (1 + Math.exp(2 * Math.abs(u))),
    isNearStart: u < 0,
    weight: (STEP * (Math.PI / 4) * Math.cosh(t)) / Math.cosh(u) ** 2,
  };
});

/** Exact to about 1e-14, also where the function is steep or infinite at an end of the interval. */
function integral(f: (x: number) => number, from: number, to: number): number {
  const length = to - from;
  const terms = NODES.map(
    ({ distance, isNearStart, weight }) =>
      weight * f(isNearStart ? from + length * distance : to - length * distance),
  );
  return length * terms.filter(Number.isFinite).reduce((sum, term) => sum + term, 0);
}

/** In pieces, each no longer than the width over which the function changes. */
function integralInPieces(f: (x: number) => number, from: number, to: number, width: number): number {
  const pieces = Math.max(1, Math.ceil((to - from) / width));
  const edge = (piece: number) => from + ((to - from) * piece) / pieces;
  let sum = 0;
  for (let piece = pieces - 1; piece >= 0; piece--) sum += integral(f, edge(piece), edge(piece + 1));
  return sum;
}

export const normalDensity = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Probability above z. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  // beyond z + 12 lies nothing of the digits that are kept
  return z > 38 ? 0 : integralInPieces(normalDensity, z, z + 12, 3);
}

export const normalCdf = (z: number): number => normalTail(-z);

/**
 * Probability above t with `df` degrees of freedom. With t = √df · tan θ the density is cos^(df − 1) θ, on a finite
 * interval.
 */
export function tTail(t: number, df: number): number {
  if (t < 0) return 1 - tTail(-t, df);
  const half = tHalves.get(df) ?? angleTail(0, df);
  tHalves.set(df, half);
  return angleTail(Math.atan(t / Math.sqrt(df)), df) / (2 * half);
}

const tHalves = new Map<number, number>();

function angleTail(theta: number, df: number): number {
  const deviation = 1 / Math.sqrt(df); // cos^df θ falls no slower than a normal density of this width
  const end = Math.min(Math.PI / 2, theta + 12 * deviation);
  return integralInPieces((angle) => Math.cos(angle) ** (df - 1), theta, end, 3 * deviation);
}

/** Probability above x, of the sum of `df` squares. With x = u² the density is u^(df − 1) · exp(−u² / 2). */
export function chiSquareTail(x: number, df: number): number {
  if (x <= 0) return 1;
  const peak = Math.sqrt(df);
  const density = (u: number) => Math.exp((df - 1) * Math.log(u / peak) - (u * u) / 2 + df / 2);
  const above = (u: number) => integralInPieces(density, u, Math.max(u, peak) + 12, 3);
  return above(Math.sqrt(x)) / above(0);
}

export const normalQuantile = (p: number): number => quantileOf((z) => normalTail(z), p);
export const tQuantile = (p: number, df: number): number => quantileOf((t) => tTail(t, df), p);

/** Where a symmetric distribution has p below. */
function quantileOf(tail: (x: number) => number, p: number): number {
  if (p === 0.5) return 0;
  if (p < 0.5) return -quantileOf(tail, 1 - p);
  return rootOf((x) => 1 - p - tail(x));
}

/** The zero of a rising function that is negative at 0. */
export function rootOf(f: (x: number) => number): number {
  let high = 1;
  while (f(high) < 0) high *= 2;
  let low = 0;
  while (true) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) return middle;
    if (f(middle) < 0) low = middle;
    else high = middle;
  }
}
