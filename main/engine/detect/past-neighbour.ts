import type { History } from './history.ts';

export interface PastNeighbour {
  /** Root mean square difference between the two lag vectors. */
  distance: number;
  /** How many values ago the neighbour ended. */
  age: number;
}

/**
 * The stretch of the past that is most like the newest `lags` values and does not overlap them; null while the past is
 * too short. Costs one pass over the history, most of it one subtraction per place.
 * Source: nearest-neighbour distance on lag vectors, as in Burnaev and Ishimtsev (2016), arXiv 1608.04585.
 */
export function nearestPast(history: History, lags: number): PastNeighbour | null {
  const { values } = history;
  const last = history.end() - 1;
  const first = history.end() - history.length() + lags - 1;
  const newest = values[last] as number;
  let nearest = Infinity;
  let nearestEnd = -1;
  for (let end = last - lags; end >= first; end -= 1) {
    const difference = newest - (values[end] as number);
    let sum = difference * difference;
    if (sum >= nearest) continue; // most places end here
    for (let lag = 1; lag < lags && sum < nearest; lag += 1) {
      const earlier = (values[last - lag] as number) - (values[end - lag] as number);
      sum += earlier * earlier;
    }
    if (sum < nearest) {
      nearest = sum;
      nearestEnd = end;
    }
  }
  if (nearestEnd === -1) return null;
  return { distance: Math.sqrt(nearest / lags), age: last - nearestEnd };
}

/** Standard deviation of the newest `window` values; null while there are fewer. */
export function newestSpread(history: History, window: number): number | null {
  if (history.length() < window) return null;
  const { values } = history;
  const end = history.end();
  let sum = 0;
  for (let at = end - window; at < end; at += 1) sum += values[at] as number;
  const mean = sum / window;
  let squares = 0;
  for (let at = end - window; at < end; at += 1) squares += ((values[at] as number) - mean) ** 2;
  return Math.sqrt(squares / window);
}
