const Z_95 = 1.959963984540054; // Φ⁻¹(0.975), for a two-sided 95 % interval

/**
 * Wilson score interval of a ratio of counts; [low, high] inside 0..1. `denominator` 0 gives [0, 1]: nothing is known.
 * At 0 and at 1 of n the bound on that side is exactly 0 or 1. Source: Wilson (1927), JASA 22, 209–212.
 */
export function wilsonInterval(numerator: number, denominator: number, z: number = Z_95): [number, number] {
  if (denominator <= 0) return [0, 1];
  const ratio = numerator / denominator;
  const zz = z * z;
  const scale = 1 + zz / denominator;
  const centre = (ratio + zz / (2 * denominator)) / scale;
  const half = (z / scale) * Math.sqrt((ratio * (1 - ratio)) / denominator + zz / (4 * denominator ** 2));
  return [
    numerator <= 0 ? 0 : Math.max(0, centre - half),
    numerator >= denominator ? 1 : Math.min(1, centre + half),
  ];
}
