/**
 * Sum of finite floats, correctly rounded whatever the order, so that shards, workers and storage order cannot change
 * an answer. Kept as non-overlapping partials of growing size; their exact sum is the sum of all values so far.
 * Beyond the range of a double the value is ±Infinity or NaN.
 * Source: Shewchuk (1997), Discrete & Computational Geometry 18, 305–363; final rounding as in CPython's math.fsum.
 */
export class ExactSum {
  #partials: number[] = [];

  add(value: number): void {
    const partials = this.#partials;
    let kept = 0;
    let x = value;
    for (const partial of partials) {
      const [large, small] = Math.abs(x) >= Math.abs(partial) ? [x, partial] : [partial, x];
      const high = large + small;
      const low = small - (high - large); // exact: what rounding took from `high`
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials[kept] = x;
    partials.length = kept + 1;
  }

  addSum(other: ExactSum): void {
    for (const partial of [...other.#partials]) this.add(partial);
  }

  /** Numbers whose exact sum this is: what another sum takes it up from. */
  partials(): number[] {
    return [...this.#partials];
  }

  get value(): number {
    const partials = this.#partials;
    let index = partials.length - 1;
    let high = partials[index] ?? 0;
    let low = 0;
    while (index > 0 && low === 0) {
      const next = partials[--index] ?? 0;
      const before = high;
      high = before + next;
      low = next - (high - before);
    }
    return high + halfwayCorrection(high, low, partials[index - 1] ?? 0);
  }
}

/** Rounding half to even looks at `low` alone; a partial below it on the same side means that it was more than half. */
function halfwayCorrection(high: number, low: number, below: number): number {
  const sameSide = (low < 0 && below < 0) || (low > 0 && below > 0);
  if (!sameSide) return 0;
  const doubled = low * 2;
  const moved = high + doubled;
  return doubled === moved - high ? doubled : 0;
}
