/** Evidence for a change, added up bucket by bucket; the evidence for "no change" never goes below 0. */
export interface Cusum {
  /** Adds a log-likelihood ratio of "changed" to "unchanged". */
  add: (ratio: number, tsMs: number) => void;
  evidence: () => number;
  /** The first bucket of the stretch that the evidence rests on. */
  sinceMs: () => number;
  reset: () => void;
  save: () => CusumState;
}

export interface CusumState {
  evidence: number;
  sinceMs: number;
}

/** Source: Page (1954), Biometrika 41; with likelihood ratios it finds a change soonest for its false alarms (Lorden 1971). */
export function createCusum(saved?: CusumState): Cusum {
  let { evidence, sinceMs } = saved ?? { evidence: 0, sinceMs: 0 };
  return {
    add(ratio, tsMs) {
      if (evidence === 0) sinceMs = tsMs;
      evidence = Math.max(0, evidence + ratio);
    },
    evidence: () => evidence,
    sinceMs: () => sinceMs,
    reset: () => void ([evidence, sinceMs] = [0, 0]),
    save: () => ({ evidence, sinceMs }),
  };
}
