/** A small seeded source of chance (mulberry32), so that a history runs the same way every time. */
export interface SmallRandom {
  /** 0 ≤ x < 1 */
  next: () => number;
  /** A whole number from 0 up to, but not including, `limit`; 0 where the limit is 0. */
  below: (limit: number) => number;
  shuffled: <T>(items: readonly T[]) => T[];
}

export function smallRandom(seed: number): SmallRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    shuffled(items) {
      const copy = [...items];
      for (let at = copy.length - 1; at > 0; at--) {
        const other = below(at + 1);
        [copy[at], copy[other]] = [copy[other]!, copy[at]!];
      }
      return copy;
    },
  };
}
