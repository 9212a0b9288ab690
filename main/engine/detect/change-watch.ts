import { createCusum, type CusumState } from './cusum.ts';
import type { SeasonalHistory } from './seasonal-history.ts';

/** Raises one alarm per change: from then on it waits until things are as before, or until the new is the usual. */
export interface ChangeWatch {
  /** Takes one bucket's log-likelihood ratios, one per change looked for. */
  step: (ratios: readonly number[], tsMs: number) => ChangeStep;
  save: () => ChangeWatchState;
}

export interface ChangeStep {
  /** The strongest evidence for any of the changes, as a share of its limit; at 1 it alarms. */
  strength: number;
  isAlarm: boolean;
  /** Which change was raised and not yet resolved; null in quiet times. */
  raised: number | null;
}

export interface ChangeWatchState {
  changes: CusumState[];
  recovery: CusumState;
  raised: number | null;
  raisedSinceMs: number;
}

const RECOVERY_SHARE = 1.25; // of the limit: a change resolved too soon would be raised, and told, twice
const LARGEST_STEP_SHARE = 0.7; // of the limit: no single bucket alarms alone
const NEW_USUAL_AFTER_MS = 14 * 86_400_000;

export interface Change {
  /** Nats of evidence that raise an alarm. */
  limit: number;
  /** Index of the gentlest change of the same direction: while that is likelier than "as before", nothing is resolved. */
  gentlest: number;
}

/** `history` learns what was raised and what has become usual. */
export function createChangeWatch(
  changes: readonly Change[],
  history: SeasonalHistory,
  saved?: ChangeWatchState,
): ChangeWatch {
  const cusums = changes.map((_, index) => createCusum(saved?.changes[index]));
  const limitOf = (change: number): number => changes[change]?.limit ?? Infinity;
  const recovery = createCusum(saved?.recovery);
  let raised = saved?.raised ?? null;
  let raisedSinceMs = saved?.raisedSinceMs ?? 0;

  const clipped = (ratio: number, limit: number): number => Math.min(ratio, LARGEST_STEP_SHARE * limit);
  const resolve = (): void => {
    raised = null;
    recovery.reset();
    for (const cusum of cusums) cusum.reset();
  };
  const watchRaised = (change: number, ratios: readonly number[], tsMs: number): ChangeStep => {
    const limit = limitOf(change);
    recovery.add(clipped(-(ratios[changes[change]?.gentlest ?? change] ?? 0), limit), tsMs);
    history.setAside(tsMs);
    const recovered = recovery.evidence() / (RECOVERY_SHARE * limit);
    const strength = Math.max(0, 1 - recovered);
    if (recovered >= 1) resolve();
    else if (tsMs - raisedSinceMs >= NEW_USUAL_AFTER_MS) {
      history.accept(raisedSinceMs);
      resolve();
    }
    return { strength, isAlarm: false, raised };
  };

  return {
    step(ratios, tsMs) {
      if (raised !== null) return watchRaised(raised, ratios, tsMs);
      const strengths = cusums.map((cusum, change) => {
        cusum.add(clipped(ratios[change] ?? 0, limitOf(change)), tsMs);
        return cusum.evidence() / limitOf(change);
      });
      const strength = Math.max(...strengths);
      const strongest = strengths.indexOf(strength);
      if (strength < 1) return { strength, isAlarm: false, raised };
      raised = strongest;
      raisedSinceMs = cusums[strongest]?.sinceMs() ?? tsMs;
      history.setAside(raisedSinceMs);
      return { strength, isAlarm: true, raised };
    },
    save: () => ({
      changes: cusums.map((cusum) => cusum.save()),
      recovery: recovery.save(),
      raised,
      raisedSinceMs,
    }),
  };
}
