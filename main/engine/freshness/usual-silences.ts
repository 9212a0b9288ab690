/**
 * How long silences usually are, counted in the events that were due in them. Where events come one by one the lengths
 * beyond the shortest fall off exponentially by 1 event; where they come in runs (an opened practice is soon followed by
 * four more events) by as many as a run brings. So the mean excess over a short silence says what a long one is worth.
 * Source: peaks over threshold with an exponential tail, e.g. Coles (2001), chapter 4.
 */
export interface UsualSilences {
  learn: (atMs: number, due: number) => void;
  /** Events that must be due in a silence before chance no longer explains it; null while too little is known. */
  limit: (atMs: number) => number | null;
  /** Events that come together. */
  together: () => number;
}

const KEPT_MS = 28 * 24 * 3_600_000;
const LEARN_MS = 7 * 24 * 3_600_000;
/** Shorter silences (events due) tell how a run is spaced, not how runs are. */
const SHORT = 4;
const PRIOR_SILENCES = 20; // of events that come one by one
const LEAST_SILENCES = 10;
/** Silences beyond the limit in 28 days of ordinary arrivals*. */
const CHANCE = 0.002;

export function createUsualSilences(): UsualSilences {
  const kept: { atMs: number; excess: number }[] = [];
  let firstMs: number | null = null;
  let sum = 0;

  const dropBefore = (ms: number): void => {
    let gone = 0;
    for (; gone < kept.length && (kept[gone]?.atMs ?? ms) < ms; gone++) sum -= kept[gone]?.excess ?? 0;
    kept.splice(0, gone);
  };
  const together = (): number => (sum + PRIOR_SILENCES) / (kept.length + PRIOR_SILENCES);
  return {
    together,
    learn(atMs, due) {
      firstMs ??= atMs;
      dropBefore(atMs - KEPT_MS);
      if (due <= SHORT) return;
      kept.push({ atMs, excess: due - SHORT });
      sum += due - SHORT;
    },
    limit(atMs) {
      if (firstMs === null || atMs - firstMs < LEARN_MS) return null;
      return SHORT + together() * Math.log(Math.max(LEAST_SILENCES, kept.length) / CHANCE);
    },
  };
}
