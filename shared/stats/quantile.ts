/**
 * Exact sample quantile, type 7: linear interpolation at h = (n − 1)·q, as R, NumPy and Excel's PERCENTILE.INC do.
 * Null without values. Reorders `values` (selection instead of a sort: expected linear time).
 * Source: Hyndman & Fan (1996), American Statistician 50, 361–365.
 */
export function quantileInPlace(values: Float64Array, q: number): number | null {
  if (values.length === 0) return null;
  const h = (values.length - 1) * q;
  const rank = Math.floor(h);
  const low = select(values, rank);
  const fraction = h - rank;
  if (fraction === 0 || rank + 1 >= values.length) return low;
  return low + fraction * (smallestFrom(values, rank + 1) - low);
}

/**
 * Moves the k-th smallest value (from 0) to index k, none greater before it, none smaller behind it.
 * Source: Hoare (1961), Algorithm 65, with the median of three as pivot.
 */
function select(values: Float64Array, k: number): number {
  let left = 0;
  let right = values.length - 1;
  while (left < right) {
    const pivot = medianOfThree(at(values, left), at(values, (left + right) >>> 1), at(values, right));
    let i = left;
    let j = right;
    while (i <= j) {
      while (at(values, i) < pivot) i++;
      while (at(values, j) > pivot) j--;
      if (i <= j) swap(values, i++, j--);
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else break;
  }
  return at(values, k);
}

function smallestFrom(values: Float64Array, from: number): number {
  let smallest = Infinity;
  for (let i = from; i < values.length; i++) smallest = Math.min(smallest, at(values, i));
  return smallest;
}

const medianOfThree = (a: number, b: number, c: number): number =>
  Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));

const at = (values: Float64Array, index: number): number => values[index] ?? NaN;

function swap(values: Float64Array, i: number, j: number): void {
  const kept = at(values, i);
  values[i] = at(values, j);
  values[j] = kept;
}
