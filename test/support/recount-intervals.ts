// Intervals and tests worked out the slow way: roots found by halving, distributions by adding up their density. It
// imports nothing of main, shared or renderer.

const Z_95 = 1.959964; // 97.5 % of the normal distribution lies below
const HALVINGS = 60;

/** Where a function that rises from below 0 crosses it. */
function rootOf(rises: (at: number) => number, from: number, to: number): number {
  let [low, high] = [from, to];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (rises(middle) < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The rates that lie within 1.96 of their own standard errors of what was counted (Wilson); null of nothing. */
export function recountWilson(count: number, n: number): [low: number, high: number] | null {
  if (n === 0) return null;
  const rate = count / n;
  const isNear = (p: number): number => Math.abs(rate - p) - Z_95 * Math.sqrt((p * (1 - p)) / n);
  return [count === 0 ? 0 : rootOf((p) => -isNear(p), 0, rate), count === n ? 1 : rootOf(isNear, rate, 1)];
}

export interface Counted {
  count: number;
  n: number;
}

export interface RecountedDifference {
  points: number;
  low: number;
  high: number;
  /** Two-sided; null where nothing varies. */
  pValue: number | null;
}

/** Welch's test of two proportions with variances p (1 − p); null where one side counted nothing. */
export function recountDifference(one: Counted, other: Counted): RecountedDifference | null {
  if (one.n === 0 || other.n === 0) return null;
  const parts = [one, other].map(({ count, n }) => {
    const rate = count / n;
    return { rate, share: (rate * (1 - rate)) / n, degrees: n - 1 };
  });
  const points = parts[0]!.rate - parts[1]!.rate;
  const variance = parts[0]!.share + parts[1]!.share;
  if (variance === 0) return { points, low: points, high: points, pValue: null };
  const degrees =
    variance ** 2 /
    parts.reduce((sum, { share, degrees: own }) => sum + (share === 0 ? 0 : share ** 2 / own), 0);
  const error = Math.sqrt(variance);
  const inside = studentInside(degrees);
  const half = rootOf((t) => inside(t) - 0.95, 0, 1_000) * error;
  return { points, low: points - half, high: points + half, pValue: 1 - inside(Math.abs(points) / error) };
}

const SLICES = 20_000;

/** Of Student's distribution the share between −t and t: with t = √ν tan θ its density is a power of cos θ. */
function studentInside(degrees: number): (t: number) => number {
  const width = Math.PI / 2 / SLICES;
  const sums = new Float64Array(SLICES + 1);
  const density = (angle: number): number => Math.cos(angle) ** (degrees - 1);
  for (let slice = 0; slice < SLICES; slice += 1) {
    const from = slice * width;
    const area = density(from) + 4 * density(from + width / 2) + density(from + width); // Simpson
    sums[slice + 1] = sums[slice]! + area;
  }
  const whole = sums[SLICES]!;
  return (t) => {
    const at = Math.min(SLICES - 1e-9, Math.atan(t / Math.sqrt(degrees)) / width);
    const below = Math.floor(at);
    return (sums[below]! + (at - below) * (sums[below + 1]! - sums[below]!)) / whole;
  };
}
