/** A funnel as its kernels know it. Bit s of an event's mask: it fits step s; bit steps + i: it is exclusion i. */
export interface FunnelRules {
  steps: number;
  order: 'ordered' | 'strict' | 'unordered';
  windowMs: number;
  /** Bits of the steps that may be left out. */
  optional: number;
  exclusions: readonly { after: number; before: number }[];
}

/** One walk through the funnel that began at some instant. Reused: read it before the next one is asked for. */
export interface Try {
  startMs: number;
  /** The last step done. */
  furthest: number;
  /** Bits of the steps done. */
  done: number;
  /** When each step was done; only of those that were. */
  times: Float64Array;
  isExcluded: boolean;
}

export const emptyTry = (steps: number): Try => ({
  startMs: 0,
  furthest: -1,
  done: 0,
  times: new Float64Array(steps),
  isExcluded: false,
});

export function clearTry(held: Try): void {
  held.furthest = -1;
  held.done = 0;
  held.isExcluded = false;
}

export function copyTry(from: Try, to: Try): void {
  to.startMs = from.startMs;
  to.furthest = from.furthest;
  to.done = from.done;
  to.isExcluded = from.isExcluded;
  to.times.set(from.times);
}

/**
 * Of two tries the one that speaks for the unit: the furthest; of those the clean one; of those the earliest; of those
 * that begin together, with different held values, the one that does its steps sooner.
 */
export function isBetter(next: Try, held: Try): boolean {
  if (next.furthest !== held.furthest) return next.furthest > held.furthest;
  if (next.isExcluded !== held.isExcluded) return held.isExcluded;
  if (next.startMs !== held.startMs) return next.startMs < held.startMs;
  for (let step = 0; step <= next.furthest; step++) {
    const difference = timeOf(next, step) - timeOf(held, step);
    if (difference < 0) return true;
    if (difference > 0) return false;
  }
  return false;
}

/** A step that was left out comes last; two of them come together. */
const timeOf = ({ done, times }: Try, step: number): number =>
  ((done >>> step) & 1) === 1 ? (times[step] as number) : Number.MAX_VALUE;
