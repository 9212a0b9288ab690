import { chiSquareTail } from '../../../shared/stats/chi-square.ts';
import { scoreOf } from './score.ts';
import { createSeasonalHistory, type SeasonalHistoryState, type SeasonalSums } from './seasonal-history.ts';
import {
  createJudged,
  type DetectorOptions,
  isCount,
  type Judged,
  type Judgement,
  SKIPPED,
  type Skipped,
  writeJudgement,
} from './types.ts';

/** Counts per bucket and state: their shares sum to 1, so they are judged together. In order of time. */
export interface ShareBuckets {
  tsMs: Float64Array;
  /** Hour of the local week, 0..167. */
  slots: Uint8Array;
  /** One column per state. */
  counts: readonly Float64Array[];
  skipped?: Uint8Array;
}

/** `expectedLow` and `expectedHigh` per state; those of `judged` are NaN. */
export interface JudgedShares {
  judged: Judged;
  expectedLow: Float64Array[];
  expectedHigh: Float64Array[];
  /** At an alarm: the state that moved most beside its deviation; −1 elsewhere. */
  moved: Int16Array;
  state: ShareState;
}

export interface ShareState {
  history: SeasonalHistoryState;
  /** The last buckets, newest last: what came and what was usual, each divided by its inflation of the variance. */
  recent: RecentBucket[];
  raisedSinceMs: number | null;
  /** Consecutive hours without evidence since a change was raised. */
  calmHours: number;
}

interface RecentBucket {
  tsMs: number;
  counts: number[];
  usual: number[];
}

/** Nats: −ln of the joint tail probability over the best of the windows. */
const LIMIT = 17;
const CALM_LIMIT = 5;
const CALM_HOURS = 24;
const WINDOWS = [1, 3, 6, 12, 24, 48] as const; // buckets
const LONGEST_WINDOW = 48;
const CORRELATION = 0.01; // between reactions of one bucket, as for rates
const PRIOR_TRIALS = 1_000; // by which the hour and the weekday are drawn to all
const LEARN_BUCKETS = 7 * 23;
const LEARN_TRIALS = 200;
const LEAST_EXPECTED = 1; // a chi-square of fewer expected is no chi-square: such states are judged together
const NEW_USUAL_AFTER_MS = 14 * 86_400_000;
const RANGE_Z = 2.576; // 99 of 100

/**
 * Watches shares jointly: over several windows Pearson's chi-square of what came against what the same hours of the last
 * 28 days would give, the last day left out, divided by the inflation of a Dirichlet-multinomial variance. One alarm per
 * change. Contract: as judgeGeneral.
 */
export function judgeShares(
  buckets: ShareBuckets,
  options: DetectorOptions = {},
  saved?: ShareState,
): JudgedShares {
  const { length } = buckets.tsMs;
  const detector = createShareDetector(buckets.counts.length, options, saved);
  const judged = createJudged(length);
  const columns = (): Float64Array[] => buckets.counts.map(() => new Float64Array(length).fill(NaN));
  const expectedLow = columns();
  const expectedHigh = columns();
  const moved = new Int16Array(length).fill(-1);
  for (let index = 0; index < length; index += 1) {
    const counts = buckets.counts.map((column) => column[index] as number);
    const outcome = detector.judge({
      tsMs: buckets.tsMs[index] as number,
      slot: buckets.slots[index] as number,
      counts,
      skip: (buckets.skipped?.[index] ?? SKIPPED.judged) as Skipped,
    });
    writeJudgement(judged, index, outcome.judgement);
    moved[index] = outcome.moved;
    writeRanges(outcome.usual, sumOf(counts), index, { expectedLow, expectedHigh });
  }
  return { judged, expectedLow, expectedHigh, moved, state: detector.save() };
}

interface ShareBucket {
  tsMs: number;
  slot: number;
  counts: number[];
  skip: Skipped;
}

interface ShareOutcome {
  judgement: Judgement;
  moved: number;
  usual: number[] | null;
}

function createShareDetector(
  states: number,
  { caution = 1 }: DetectorOptions,
  saved?: ShareState,
): { judge: (bucket: ShareBucket) => ShareOutcome; save: () => ShareState } {
  const limit = LIMIT * caution;
  const history = createSeasonalHistory(states, saved?.history);
  let recent = structuredClone(saved?.recent ?? []);
  let raisedSinceMs = saved?.raisedSinceMs ?? null;
  let calmHours = saved?.calmHours ?? 0;

  const resolve = (): void => {
    raisedSinceMs = null;
    calmHours = 0;
    recent = [];
  };
  const watchRaised = (sinceMs: number, evidence: number, tsMs: number): void => {
    history.setAside(tsMs);
    calmHours = evidence < CALM_LIMIT ? calmHours + 1 : 0;
    if (calmHours >= CALM_HOURS) resolve();
    else if (tsMs - sinceMs >= NEW_USUAL_AFTER_MS) {
      history.accept(sinceMs);
      resolve();
    }
  };
  return {
    judge({ tsMs, slot, counts, skip }) {
      const usual = usualShares(history.sumsAt(tsMs, slot));
      const quiet = { score: 0, expectedLow: null, expectedHigh: null, isAlarm: false };
      const skipped = skip !== SKIPPED.judged ? skip : counts.every(isCount) ? null : SKIPPED.gap;
      if (skipped !== null) return { judgement: { ...quiet, skipped }, moved: -1, usual };
      history.push(tsMs, slot, counts);
      if (usual === null) return { judgement: { ...quiet, skipped: SKIPPED.learning }, moved: -1, usual };
      recent.push(deflated(tsMs, counts, usual));
      if (recent.length > LONGEST_WINDOW) recent.shift();
      const strongest = strongestWindow(recent);
      const isAlarm = raisedSinceMs === null && strongest.evidence >= limit;
      if (raisedSinceMs !== null) watchRaised(raisedSinceMs, latestEvidence(recent), tsMs);
      else if (isAlarm) {
        raisedSinceMs = strongest.sinceMs;
        history.setAside(strongest.sinceMs);
      }
      const score = scoreOf(strongest.evidence, limit, isAlarm);
      return {
        judgement: { ...quiet, score, isAlarm, skipped: SKIPPED.judged },
        moved: isAlarm ? strongest.moved : -1,
        usual,
      };
    },
    save: () => structuredClone({ history: history.save(), recent, raisedSinceMs, calmHours }),
  };
}

/** Shares of all, moved in logarithms by what the hour and the weekday differ, and brought to sum 1 again. */
function usualShares({ all, hour, weekday, buckets }: SeasonalSums): number[] | null {
  const trials = sumOf(all);
  if (buckets.weekday === 0 || buckets.all < LEARN_BUCKETS || trials < LEARN_TRIALS) return null;
  const overall = [...all].map((count) => (count + 0.5) / (trials + 0.5 * all.length));
  const prior = PRIOR_TRIALS * inflationOf(trials / buckets.all);
  const drawn = (sums: Float64Array, state: number): number =>
    ((sums[state] as number) + prior * (overall[state] as number)) / (sumOf(sums) + prior);
  const moved = overall.map((share, state) => (drawn(hour, state) * drawn(weekday, state)) / share);
  const total = sumOf(moved);
  return moved.map((share) => share / total);
}

/** Correlated counts vary `1 + (n − 1)ρ` times as much as a multinomial's. Source: Mosimann (1962), Biometrika 49. */
const inflationOf = (n: number): number => 1 + Math.max(0, n - 1) * CORRELATION;

function deflated(tsMs: number, counts: readonly number[], usual: readonly number[]): RecentBucket {
  const n = sumOf(counts);
  const inflation = inflationOf(n);
  return {
    tsMs,
    counts: counts.map((count) => count / inflation),
    usual: usual.map((share) => (share * n) / inflation),
  };
}

interface WindowEvidence {
  evidence: number;
  sinceMs: number;
  moved: number;
}

function strongestWindow(recent: readonly RecentBucket[]): WindowEvidence {
  let strongest: WindowEvidence = { evidence: 0, sinceMs: recent.at(-1)?.tsMs ?? 0, moved: -1 };
  for (const window of WINDOWS) {
    if (window > recent.length) break;
    const found = evidenceOf(recent.slice(-window));
    if (found.evidence > strongest.evidence) strongest = found;
  }
  return strongest;
}

/** Over half a day: whether things are still as they were raised. */
const latestEvidence = (recent: readonly RecentBucket[]): number => evidenceOf(recent.slice(-12)).evidence;

/** Pearson's chi-square with one degree of freedom less than there are states; rare states count as one. */
function evidenceOf(window: readonly RecentBucket[]): WindowEvidence {
  const states = window[0]?.counts.length ?? 0;
  let square = 0;
  let degrees = -1;
  let largest = 0;
  let moved = -1;
  const rare = { counts: 0, usual: 0 };
  const addCell = (counts: number, usual: number, state: number): void => {
    const part = (counts - usual) ** 2 / usual;
    square += part;
    degrees += 1;
    if (part > largest) [largest, moved] = [part, state];
  };
  for (let state = 0; state < states; state += 1) {
    const counts = window.reduce((sum, bucket) => sum + (bucket.counts[state] ?? 0), 0);
    const usual = window.reduce((sum, bucket) => sum + (bucket.usual[state] ?? 0), 0);
    if (usual >= LEAST_EXPECTED) addCell(counts, usual, state);
    else {
      rare.counts += counts;
      rare.usual += usual;
    }
  }
  if (rare.usual >= LEAST_EXPECTED) addCell(rare.counts, rare.usual, -1);
  const evidence = degrees > 0 ? -Math.log(chiSquareTail(square, degrees)) : 0;
  return { evidence, sinceMs: window[0]?.tsMs ?? 0, moved };
}

function writeRanges(
  usual: readonly number[] | null,
  n: number,
  index: number,
  { expectedLow, expectedHigh }: { expectedLow: Float64Array[]; expectedHigh: Float64Array[] },
): void {
  if (usual === null || !(n > 0)) return;
  usual.forEach((share, state) => {
    const deviation = Math.sqrt((share * (1 - share) * inflationOf(n)) / n);
    (expectedLow[state] as Float64Array)[index] = Math.max(0, share - RANGE_Z * deviation);
    (expectedHigh[state] as Float64Array)[index] = Math.min(1, share + RANGE_Z * deviation);
  });
}

function sumOf(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
