/** The last `capacity` numbers, in order of arrival and of size. */
export interface RecentErrors {
  push: (error: number) => void;
  count: () => number;
  /** The number at a share of the order of size, without interpolation; there must be one. */
  quantile: (share: number) => number;
  /** Oldest first. */
  save: () => number[];
}

export function createRecentErrors(capacity: number, saved: readonly number[] = []): RecentErrors {
  const arrived = new Float64Array(capacity); // a ring
  const sorted = new Float64Array(capacity);
  let count = 0;
  let oldest = 0;

  /** Index of the first number that is not smaller. */
  const placeOf = (error: number): number => {
    let low = 0;
    let high = count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] as number) < error) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const dropOldest = (): void => {
    const at = placeOf(arrived[oldest] as number);
    sorted.copyWithin(at, at + 1, count);
    count -= 1;
    oldest = (oldest + 1) % capacity;
  };
  const push = (error: number): void => {
    if (count === capacity) dropOldest();
    const at = placeOf(error);
    sorted.copyWithin(at + 1, at, count);
    sorted[at] = error;
    arrived[(oldest + count) % capacity] = error;
    count += 1;
  };
  for (const error of saved) push(error);
  return {
    push,
    count: () => count,
    quantile: (share) => sorted[Math.round(share * (count - 1))] as number,
    save: () => Array.from({ length: count }, (_, index) => arrived[(oldest + index) % capacity] as number),
  };
}
