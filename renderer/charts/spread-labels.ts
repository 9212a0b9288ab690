/** Moves labels apart along one axis so that each keeps `heights[i]` of room inside [low, high], as near to its target as
 *  the order allows. Targets may come in any order; the result stands beside them. Where there is not enough room the
 *  labels are packed from `low` and overflow. */
export function spreadLabels(
  targets: readonly number[],
  heights: readonly number[],
  low: number,
  high: number,
): number[] {
  const order = targets.map((_, index) => index).sort((a, b) => (targets[a] ?? 0) - (targets[b] ?? 0));
  const placed = targets.slice();
  const half = (index: number): number => (heights[index] ?? 0) / 2;
  let floor = low;
  for (const index of order) {
    const at = Math.max(targets[index] ?? 0, floor + half(index));
    placed[index] = at;
    floor = at + half(index);
  }
  let ceiling = high;
  for (const index of order.toReversed()) {
    const at = Math.min(placed[index] ?? 0, ceiling - half(index));
    placed[index] = at;
    ceiling = at - half(index);
  }
  const overflow = low - ceiling;
  return overflow > 0 ? placed.map((at) => at + overflow) : placed;
}
