import { kindOfSubject } from '../../../shared/alerts/question.ts';
import type { Side } from '../../../shared/alerts/rule.ts';
import type { WatchedSeries } from '../../../shared/alerts/series.ts';
import { isAllStates, type Observation, type WatchItem } from '../../../shared/alerts/watch.ts';
import type { WatchCost } from '../../../shared/alerts/budget.ts';
import { createZone } from '../../../shared/time/zone.ts';
import { type CountState, judgeCounts } from '../detect/counts.ts';
import { type GeneralState, judgeGeneral } from '../detect/general.ts';
import { hourSlots } from '../detect/hour-slots.ts';
import { judgeLatency, type LatencyState } from '../detect/latency.ts';
import { judgeRates, type RateState } from '../detect/rates.ts';
import { judgeShares, type ShareState } from '../detect/shares.ts';
import { judgeSilence, type SilenceState } from '../detect/silence.ts';
import { type Judged, SKIPPED } from '../detect/types.ts';

/** What one detector remembers of one series between two checks; plain JSON. */
export type DetectorState =
  | { kind: 'rates'; state: RateState }
  | { kind: 'counts'; state: CountState }
  | { kind: 'latency'; state: LatencyState }
  | { kind: 'shares'; states: string[]; state: ShareState }
  | { kind: 'silence'; state: SilenceState }
  | { kind: 'general'; state: GeneralState };

export interface WatchState {
  detector: DetectorState | null;
  judgedToMs: number | null;
}

export interface WatchAlarm {
  /** The value that the item was split by, or the state that moved. */
  key: string | null;
  sinceMs: number;
  index: number;
  side: Side;
}

export interface WatchOutcome {
  alarms: WatchAlarm[];
  /** Whether what was raised, now or before, goes on. */
  isRaised: boolean;
  state: WatchState;
  skipped: Record<string, number>;
  heldFromMs: number | null;
}

type DetectorKind = DetectorState['kind'];

/** Which detector knows the noise of an item; a day is too coarse for the hourly ones. */
export function detectorOf(item: WatchItem): Exclude<DetectorKind, 'silence'> {
  if (item.subject.interval !== 'hour') return 'general';
  if (isAllStates(item)) return 'shares';
  const kind = kindOfSubject(item.subject);
  if (kind === 'rate') return 'rates';
  if (kind === 'latency') return 'latency';
  return kind === 'count' ? 'counts' : 'general';
}

/** Measured by test/engine/detect-*.test.ts, as upper bounds. */
export const WATCH_COSTS: Record<DetectorKind, WatchCost> = {
  rates: { falseAlarmsPerDay: 0.005, limitNats: 8.4 },
  counts: { falseAlarmsPerDay: 0.005, limitNats: 12 },
  latency: { falseAlarmsPerDay: 0.005, limitNats: 10 },
  shares: { falseAlarmsPerDay: 0.005, limitNats: 17 },
  silence: { falseAlarmsPerDay: 0.002, limitNats: 12 },
  general: { falseAlarmsPerDay: 0.01, limitNats: 8 },
};

/** Judges the buckets that came since the saved state, up to the first that is open or late: it will be whole later. */
export function judgeWatch(
  item: WatchItem,
  observation: Observation,
  { caution, saved }: { caution: number; saved: WatchState },
): WatchOutcome {
  const kind = detectorOf(item);
  const pending = pendingBuckets(observation.series, saved.judgedToMs, { judgesLate: false });
  const before = saved.detector?.kind === kind ? saved.detector : null;
  const columns = columnsOf(observation.series, pending.indices);
  const { judged, detector, sinceMs, isRaised } = runDetector(kind, columns, before, caution, worseOf(item));
  const alarms = alarmsIn(observation, pending.indices, judged, sinceMs);
  return {
    alarms,
    isRaised,
    state: { detector, judgedToMs: lastStart(observation.series, pending.indices) ?? saved.judgedToMs },
    skipped: skippedCounts(judged),
    heldFromMs: pending.heldFromMs,
  };
}

/** All states at once: one state per item, told by the state that moved. */
export function judgeStates(
  observations: readonly Observation[],
  { caution, saved }: { caution: number; saved: WatchState },
): WatchOutcome {
  const [first] = observations;
  const states = observations.map(({ key }) => key ?? '');
  const known =
    saved.detector?.kind === 'shares' && sameList(saved.detector.states, states) ? saved.detector : null;
  if (first === undefined)
    return { alarms: [], isRaised: false, state: saved, skipped: {}, heldFromMs: null };
  const pending = pendingBuckets(first.series, saved.judgedToMs, { judgesLate: false });
  const { tsMs, slots, skipped } = columnsOf(first.series, pending.indices);
  const counts = observations.map(({ series }) =>
    Float64Array.from(pending.indices, (index) => series.numerators?.[index] ?? 0),
  );
  const outcome = judgeShares({ tsMs, slots, counts, skipped }, { caution }, known?.state);
  const alarms = pending.indices.flatMap((index, at): WatchAlarm[] => {
    if (outcome.judged.isAlarm[at] !== 1) return [];
    const moved = Math.max(0, outcome.moved[at] ?? 0);
    const value = observations[moved]?.series.values[index] ?? 0;
    const middle = ((outcome.expectedLow[moved]?.[at] ?? 0) + (outcome.expectedHigh[moved]?.[at] ?? 0)) / 2;
    const sinceMs = outcome.state.raisedSinceMs ?? (first.series.startMs[index] as number);
    return [{ key: states[moved] ?? null, sinceMs, index, side: value < middle ? 'below' : 'above' }];
  });
  return {
    alarms,
    isRaised: outcome.state.raisedSinceMs !== null,
    state: {
      detector: { kind: 'shares', states, state: outcome.state },
      judgedToMs: lastStart(first.series, pending.indices) ?? saved.judgedToMs,
    },
    skipped: skippedCounts(outcome.judged),
    heldFromMs: pending.heldFromMs,
  };
}

/** A stop shows first as lateness and then as a gap, so such buckets count here, up to what was asked of the sources. */
export function judgeHourlyStop(
  observation: Observation,
  { caution, saved, knownToMs }: { caution: number; saved: WatchState; knownToMs: number },
): WatchOutcome {
  const { series } = observation;
  const pending = pendingBuckets(series, saved.judgedToMs, { judgesLate: true });
  const indices = pending.indices.filter((index) => (series.endMs[index] as number) <= knownToMs);
  const { tsMs, slots, values } = columnsOf(series, indices);
  const known = saved.detector?.kind === 'silence' ? saved.detector.state : undefined;
  const { judged, state } = judgeSilence(
    { bucketMs: HOUR_MS, tsMs, slots, counts: values },
    { caution },
    known,
  );
  const alarms = indices.flatMap((index, at): WatchAlarm[] => {
    if (judged.isAlarm[at] !== 1) return [];
    let first = index;
    while (first > 0 && series.values[first - 1] === 0) first -= 1;
    return [{ key: observation.key, sinceMs: series.startMs[first] as number, index, side: 'below' }];
  });
  return {
    alarms,
    isRaised: state.isRaised,
    state: {
      detector: { kind: 'silence', state },
      judgedToMs: lastStart(series, indices) ?? saved.judgedToMs,
    },
    skipped: skippedCounts(judged),
    heldFromMs: null,
  };
}

const HOUR_MS = 3_600_000;

interface Pending {
  indices: number[];
  heldFromMs: number | null;
}

function pendingBuckets(
  series: WatchedSeries,
  judgedToMs: number | null,
  { judgesLate }: { judgesLate: boolean },
): Pending {
  const indices: number[] = [];
  for (let index = 0; index < series.startMs.length; index += 1) {
    const startMs = series.startMs[index] as number;
    if (judgedToMs !== null && startMs <= judgedToMs) continue;
    const state = series.states[index];
    if (state === 'partial' && !judgesLate) break;
    if (state === 'late' && !judgesLate) return { indices, heldFromMs: startMs };
    indices.push(index);
  }
  return { indices, heldFromMs: null };
}

interface Columns {
  tsMs: Float64Array;
  slots: Uint8Array;
  values: Float64Array;
  numerators: Float64Array;
  denominators: Float64Array;
  skipped: Uint8Array;
}

function columnsOf(series: WatchedSeries, indices: readonly number[]): Columns {
  const tsMs = Float64Array.from(indices, (index) => series.startMs[index] as number);
  const numbers = (list: readonly (number | null)[] | null, missing: number): Float64Array =>
    Float64Array.from(indices, (index) => list?.[index] ?? missing);
  return {
    tsMs,
    slots: hourSlots(tsMs, createZone(series.zone)),
    values: numbers(series.values, NaN),
    numerators: numbers(series.numerators, 0),
    denominators: numbers(series.denominators, 0),
    skipped: Uint8Array.from(indices, (index) =>
      series.states[index] === 'gap' ? SKIPPED.gap : SKIPPED.judged,
    ),
  };
}

interface DetectorRun {
  judged: Judged;
  detector: DetectorState;
  /** Start of what is raised. */
  sinceMs: number | null;
  isRaised: boolean;
}

function runDetector(
  kind: Exclude<DetectorKind, 'silence'>,
  columns: Columns,
  saved: DetectorState | null,
  caution: number,
  worse: 'down' | 'up' | 'both',
): DetectorRun {
  const { tsMs, slots, values, numerators, denominators, skipped } = columns;
  switch (kind) {
    case 'rates': {
      const known = saved?.kind === 'rates' ? saved.state : undefined;
      const buckets = { tsMs, slots, successes: numerators, trials: denominators, skipped };
      const { judged, state } = judgeRates(buckets, { worse, caution }, known);
      return { judged, detector: { kind, state }, ...raisedIn(state.watch) };
    }
    case 'latency': {
      const known = saved?.kind === 'latency' ? saved.state : undefined;
      const buckets = { tsMs, slots, quantiles: values, measured: denominators, skipped };
      const { judged, state } = judgeLatency(buckets, { caution }, known);
      return { judged, detector: { kind, state }, ...raisedIn(state.watch) };
    }
    case 'counts': {
      const known = saved?.kind === 'counts' ? saved.state : undefined;
      const { judged, state } = judgeCounts({ tsMs, slots, counts: values, skipped }, { caution }, known);
      return { judged, detector: { kind, state }, ...raisedIn(state.watch) };
    }
    default: {
      const known = saved?.kind === 'general' ? saved.state : undefined;
      const { judged, state } = judgeGeneral({ tsMs, values, skipped }, { caution }, known);
      return { judged, detector: { kind: 'general', state }, sinceMs: null, isRaised: !state.rest.isCalm };
    }
  }
}

function raisedIn({ raised, raisedSinceMs }: { raised: number | null; raisedSinceMs: number }): {
  sinceMs: number | null;
  isRaised: boolean;
} {
  return { sinceMs: raised === null ? null : raisedSinceMs, isRaised: raised !== null };
}

/** Where a stretch was raised and is over within one run, its beginning is the first bucket that scored. */
function alarmsIn(
  { key, series }: Observation,
  indices: readonly number[],
  judged: Judged,
  raisedSinceMs: number | null,
): WatchAlarm[] {
  return indices.flatMap((index, at): WatchAlarm[] => {
    if (judged.isAlarm[at] !== 1) return [];
    const isLast = judged.isAlarm.lastIndexOf(1) === at;
    let first = at;
    while (first > 0 && (judged.score[first - 1] as number) > 0) first -= 1;
    const scoredMs = series.startMs[indices[first] as number] as number;
    const sinceMs = isLast && raisedSinceMs !== null ? raisedSinceMs : scoredMs;
    const middle = ((judged.expectedLow[at] as number) + (judged.expectedHigh[at] as number)) / 2;
    const side = (series.values[index] ?? 0) < middle ? 'below' : 'above';
    return [{ key, sinceMs, index, side }];
  });
}

function worseOf({ subject }: WatchItem): 'down' | 'up' | 'both' {
  if (!('measure' in subject)) return 'both';
  return subject.measure === 'capture_rate' ? 'down' : subject.measure === 'error_rate' ? 'up' : 'both';
}

const SKIP_NAMES: readonly [code: number, name: string][] = [
  [SKIPPED.gap, 'gap'],
  [SKIPPED.learning, 'learning'],
];

function skippedCounts({ skipped }: Judged): Record<string, number> {
  const counts = SKIP_NAMES.map(
    ([code, name]) => [name, skipped.filter((each) => each === code).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function lastStart(series: WatchedSeries, indices: readonly number[]): number | null {
  const last = indices.at(-1);
  return last === undefined ? null : (series.startMs[last] as number);
}

const sameList = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((each, index) => each === b[index]);
