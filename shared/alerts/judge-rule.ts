import { expectedRange } from './expected.ts';
import type { AlertRule, Condition } from './rule.ts';
import { isComplete, sizeOf, type WatchedSeries } from './series.ts';

/** What a bucket says about a rule. `waits`: not judged, too small or without anything to compare with. */
export type Verdict = 'fails' | 'passes' | 'waits';

/** Between two runs; plain JSON. */
export interface RuleState {
  /** Start of the last bucket that was judged. */
  judgedToMs: number | null;
  failing: number;
  /** Start of the first of the buckets in a row that fail. */
  failingSinceMs: number | null;
  /** Start of what fired and has not ended. */
  openSinceMs: number | null;
  endedAtMs: number | null;
}

export interface Firing {
  /** Start of the first failing bucket: with the rule it names the firing, so that it is raised once. */
  sinceMs: number;
  /** End of the bucket that made it fire. */
  conditionMetMs: number;
  index: number;
}

export interface RuleOutcome {
  firings: Firing[];
  /** Starts of firings that have ended, with the end of the bucket that ended them. */
  ended: { sinceMs: number; endedMs: number }[];
  /** The bucket that could not be judged because a source is late. */
  heldFromMs: number | null;
  verdicts: Verdict[];
  state: RuleState;
}

export const FRESH_STATE: RuleState = {
  judgedToMs: null,
  failing: 0,
  failingSinceMs: null,
  openSinceMs: null,
  endedAtMs: null,
};

/**
 * Walks the buckets that were not judged yet, in order, and stops at the first that is open or late: it will be whole
 * later. Gaps are passed over. Judging a prefix and then the rest gives what judging the whole gives.
 */
export function judgeRule(
  rule: AlertRule,
  series: WatchedSeries,
  saved: RuleState = FRESH_STATE,
): RuleOutcome {
  const state = { ...saved };
  const outcome: RuleOutcome = { firings: [], ended: [], heldFromMs: null, verdicts: [], state };
  for (let index = 0; index < series.startMs.length; index += 1) {
    const startMs = series.startMs[index] as number;
    if (state.judgedToMs !== null && startMs <= state.judgedToMs) continue;
    const bucketState = series.states[index];
    if (bucketState === 'partial') break;
    if (bucketState === 'late' && rule.whenLate === 'hold') {
      outcome.heldFromMs = startMs;
      break;
    }
    state.judgedToMs = startMs;
    const verdict = verdictOn(rule, series, index, state.openSinceMs !== null);
    outcome.verdicts[index] = verdict;
    step(rule, { verdict, index, startMs, endMs: series.endMs[index] as number }, outcome);
  }
  return outcome;
}

interface Bucket {
  verdict: Verdict;
  index: number;
  startMs: number;
  endMs: number;
}

/** Hysteresis: so many in a row to begin, the first that passes its own margin to end, and a rest afterwards. */
function step(rule: AlertRule, { verdict, index, startMs, endMs }: Bucket, outcome: RuleOutcome): void {
  const { state } = outcome;
  if (verdict === 'waits') return;
  if (verdict === 'passes') {
    state.failing = 0;
    state.failingSinceMs = null;
    if (state.openSinceMs === null) return;
    outcome.ended.push({ sinceMs: state.openSinceMs, endedMs: endMs });
    state.openSinceMs = null;
    state.endedAtMs = endMs;
    return;
  }
  state.failing += 1;
  state.failingSinceMs ??= startMs;
  const rests = state.endedAtMs !== null && startMs < state.endedAtMs + rule.coolDownMs;
  if (state.openSinceMs !== null || state.failing < rule.forBuckets || rests) return;
  state.openSinceMs = state.failingSinceMs;
  outcome.firings.push({ sinceMs: state.failingSinceMs, conditionMetMs: endMs, index });
}

export function verdictOn(rule: AlertRule, series: WatchedSeries, index: number, isOpen: boolean): Verdict {
  const isSilent = rule.condition.kind === 'missing';
  if (!isComplete(series, index) && series.states[index] !== 'late') return 'waits';
  const value = series.values[index];
  if (value == null) return 'waits';
  if (!isSilent && sizeOf(series, index) < rule.leastN) return 'waits';
  const fails = failsCondition(rule.condition, series, index, isOpen);
  return fails === null ? 'waits' : fails ? 'fails' : 'passes';
}

function failsCondition(
  condition: Condition,
  series: WatchedSeries,
  index: number,
  isOpen: boolean,
): boolean | null {
  const value = series.values[index] as number;
  switch (condition.kind) {
    case 'threshold': {
      const margin = isOpen ? condition.clearMargin : 0;
      return condition.side === 'below' ? value < condition.value + margin : value > condition.value - margin;
    }
    case 'relative': {
      const before = valueBefore(series, index, condition.daysBack);
      if (before === null || before === 0) return null;
      const change = value / before - 1;
      return condition.side === 'below' ? change <= -condition.changeRatio : change >= condition.changeRatio;
    }
    case 'seasonal': {
      const range = expectedRange(series, index);
      if (range === null) return null;
      const isBelow = value < range.low && condition.side !== 'above';
      return isBelow || (value > range.high && condition.side !== 'below');
    }
    case 'spike': {
      const range = expectedRange(series, index);
      return range === null ? null : value > range.high && value - range.usual >= condition.leastRise;
    }
    case 'missing': {
      const range = expectedRange(series, index);
      return range === null ? null : range.usual - value >= condition.leastMissing && value === 0;
    }
  }
}

function valueBefore(series: WatchedSeries, index: number, daysBack: number): number | null {
  const wantedMs = (series.startMs[index] as number) - daysBack * 86_400_000;
  for (let each = index - 1; each >= 0; each -= 1) {
    const awayMs = (series.startMs[each] as number) - wantedMs;
    if (Math.abs(awayMs) <= 3_600_000 && isComplete(series, each)) return series.values[each] ?? null;
    if (awayMs < -3_600_000) return null;
  }
  return null;
}
