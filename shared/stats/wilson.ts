const Z_95 = 1.959963984540054; // two-sided 95 %

/** Wilson score interval for a ratio; returns [low, high] in 0..1.
 *  n = 0 gives [0, 1]. z is dimensionless. Source: Wilson (1927), JASA 22. */
export function wilsonInterval(successes: number, n: number, z = Z_95): [low: number, high: number] {
  if (n === 0) return [0, 1];
  const ratio = successes / n;
  const spread = z * z;
  const centre = ratio + spread / (2 * n);
  const half = z * Math.sqrt((ratio * (1 - ratio)) / n + spread / (4 * n * n));
  const scale = 1 + spread / n;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}
