/** Brings values of any size near 1, so that their squares neither overflow nor vanish. */
export interface ValueScale {
  reduce: (value: number) => number;
  restore: (reduced: number) => number;
  save: () => number | null;
}

const MOST = 1e100; // of the reduced value: its square is still a number
const LEAST_EXPONENT = -1_000;
const MOST_EXPONENT = 1_000;

/** The power of two below the first value that is not 0; exact, since only the exponent changes. */
export function createValueScale(saved: number | null = null): ValueScale {
  let unit = saved;
  return {
    reduce(value) {
      if (value === 0) return 0;
      unit ??= unitOf(value);
      return Math.min(MOST, Math.max(-MOST, value / unit)) + 0; // never −0, which JSON does not keep
    },
    restore(reduced) {
      const value = reduced * (unit ?? 1);
      return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
    },
    save: () => unit,
  };
}

function unitOf(value: number): number {
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return 2 ** Math.min(MOST_EXPONENT, Math.max(LEAST_EXPONENT, exponent));
}
