import { type ClumpingState, createClumping } from './clumping.ts';
import { scoreOf } from './score.ts';
import { createSeasonalHistory, NO_NEIGHBOURS, type SeasonalHistoryState } from './seasonal-history.ts';
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
import { SHARP_PRIOR, usualCount } from './usual-count.ts';

/** Events per short bucket (a minute, or a few), in order of time. */
export interface ArrivalBuckets {
  bucketMs: number;
  tsMs: Float64Array;
  /** Hour of the local week, 0..167. */
  slots: Uint8Array;
  counts: Float64Array;
  skipped?: Uint8Array;
  /** 1 where somebody looks at the end of the bucket; absent: at the end of each. Only a look can raise an alarm. */
  looked?: Uint8Array;
}

export interface SilenceOptions extends DetectorOptions {
  /** How often somebody looks in a day at most. Chance gets no more tries than there are looks. */
  looksADay?: number;
}

export interface SilenceState {
  history: SeasonalHistoryState;
  clumping: ClumpingState;
  /** The hour that is being counted. */
  hour: { startMs: number; slot: number; events: number; judgedMs: number } | null;
  /** Events that an hour like this one usually brings; null while there is too little past. */
  usual: number | null;
  /** Events that a day usually brings. */
  usualDay: number;
  /** Events that should have come since the last one did. */
  missing: number;
  /** Since the last event. */
  silentMs: number;
  isRaised: boolean;
  /** The evidence at the last look into this silence. */
  lookedAt: number;
  /** The strongest evidence that a look met before an event came after all, fading. */
  longest: number;
  /** Events seen and due of late, fading: how lively the series is beside its usual. */
  seen: number;
  due: number;
  /** ln of the odds that this is a quiet day, as the events up to the last one have it. */
  quietOdds: number;
}

/** Nats beyond the logarithm of a day’s tries, which are its events or the looks, whichever are fewer: e⁻⁶, two false
 *  alarms in a thousand days. At 100 events an hour 14 in all, 12 where somebody looks every five minutes. */
const DAYS_LIMIT = 6.2;
const LEAST_LIMIT = 12; // nats, however rare the events
const LONGEST_FACTOR = 1.2; // a series known for gaps must be silent for longer than ever
const LONGEST_FADES_HOURS = 14 * 24;
const PACE_FADES_HOURS = 12; // a holiday shows within half a day
const PACE_PRIOR_EVENTS = 20;
const QUIET_FACTOR = 0.4; // a holiday; the pace follows what is milder
/** ln of odds: any hour may begin a holiday, and any end it. */
const QUIET_ODDS_RANGE = [-9, 3] as const;
const HOUR_MS = 3_600_000;
const HOURS_A_DAY = 24;
const RANGE_Z = 2.576; // 99 of 100

/**
 * Watches for a stop: counts the events that should have come since the last one, by the same hours of the last 28 days
 * and by how lively the series is today. One alarm per silence; the next event ends it. `missing` says how many those
 * are at the end of each bucket. Contract: as judgeGeneral.
 */
export function judgeSilence(
  buckets: ArrivalBuckets,
  options: SilenceOptions = {},
  saved?: SilenceState,
): { judged: Judged; missing: Float64Array; state: SilenceState } {
  const detector = createSilenceDetector(buckets.bucketMs, options, saved);
  const judged = createJudged(buckets.tsMs.length);
  const missing = new Float64Array(buckets.tsMs.length);
  for (let index = 0; index < buckets.tsMs.length; index += 1) {
    const bucket = {
      tsMs: buckets.tsMs[index] as number,
      slot: buckets.slots[index] as number,
      count: buckets.counts[index] as number,
      skip: (buckets.skipped?.[index] ?? SKIPPED.judged) as Skipped,
      isLooked: buckets.looked?.[index] !== 0,
    };
    writeJudgement(judged, index, detector.judge(bucket));
    missing[index] = detector.missing();
  }
  return { judged, missing, state: detector.save() };
}

type Running = Omit<SilenceState, 'history' | 'clumping'>;

interface ArrivalBucket {
  tsMs: number;
  slot: number;
  count: number;
  skip: Skipped;
  isLooked: boolean;
}

interface SilenceDetector {
  judge: (bucket: ArrivalBucket) => Judgement;
  /** Events that should have come since the last one did. */
  missing: () => number;
  save: () => SilenceState;
}

function createSilenceDetector(
  bucketMs: number,
  { caution = 1, looksADay = Infinity }: SilenceOptions,
  saved?: SilenceState,
): SilenceDetector {
  const history = createSeasonalHistory(1, saved?.history, NO_NEIGHBOURS);
  const clumping = createClumping(saved?.clumping);
  const state = saved === undefined ? emptyState() : runningOf(structuredClone(saved));

  const endHour = ({ startMs, slot, events, judgedMs }: NonNullable<Running['hour']>): void => {
    if (judgedMs < HOUR_MS / 2) return;
    const count = (events * HOUR_MS) / judgedMs;
    history.push(startMs, slot, [count]);
    if (state.usual !== null) clumping.learn(count, state.usual);
  };
  const beginHour = (tsMs: number, slot: number): void => {
    const { hour } = state;
    if (hour !== null && tsMs < hour.startMs + HOUR_MS && slot === hour.slot) return;
    if (hour !== null) endHour(hour);
    const startMs = tsMs - (tsMs % HOUR_MS);
    state.hour = { startMs, slot, events: 0, judgedMs: 0 };
    const sums = history.sumsAt(startMs, slot);
    state.usual = usualCount(sums, SHARP_PRIOR);
    state.usualDay = (HOURS_A_DAY * (sums.all[0] as number)) / Math.max(1, sums.buckets.all);
    fade(state, hour === null ? 0 : (startMs - hour.startMs) / HOUR_MS);
  };

  return {
    judge({ tsMs, slot, count, skip, isLooked }) {
      beginHour(tsMs, slot);
      const usual = state.usual === null ? null : (state.usual * bucketMs) / HOUR_MS;
      const range = usual === null ? null : rangeOf(usual);
      const quiet = {
        score: 0,
        expectedLow: range?.[0] ?? null,
        expectedHigh: range?.[1] ?? null,
        isAlarm: false,
      };
      if (skip !== SKIPPED.judged) return { ...quiet, skipped: skip };
      if (!isCount(count)) return { ...quiet, skipped: SKIPPED.gap };
      if (!state.isRaised) countBucket(state, count, bucketMs);
      if (usual === null) return { ...quiet, skipped: SKIPPED.learning };
      const shape = clumping.shape();
      if (count > 0) endSilence(state, { count, usual });
      else {
        state.missing += usual;
        state.silentMs += bucketMs;
      }
      const evidence = evidenceOf(state, shape);
      if (isLooked) state.lookedAt = evidence;
      const strength = evidence / (caution * limitOf(state, looksADay));
      const isAlarm = isLooked && strength >= 1 && !state.isRaised;
      if (isAlarm) state.isRaised = true;
      return { ...quiet, score: scoreOf(strength, 1, isAlarm), isAlarm, skipped: SKIPPED.judged };
    },
    missing: () => state.missing,
    save: () => structuredClone({ ...state, history: history.save(), clumping: clumping.save() }),
  };
}

const emptyState = (): Running => ({
  hour: null,
  usual: null,
  usualDay: 0,
  missing: 0,
  silentMs: 0,
  isRaised: false,
  lookedAt: 0,
  longest: 0,
  seen: 0,
  due: 0,
  quietOdds: QUIET_ODDS_RANGE[0],
});

function countBucket(state: Running, count: number, bucketMs: number): void {
  if (state.hour === null) return;
  state.hour.events += count;
  state.hour.judgedMs += bucketMs;
}

/** A silence that was raised teaches nothing about the usual gaps. */
function endSilence(state: Running, arrived: { count: number; usual: number }): void {
  if (!state.isRaised) {
    state.longest = Math.max(state.longest, state.lookedAt);
    state.seen += arrived.count;
    state.due += state.missing + arrived.usual;
    learnQuiet(state, arrived.count, state.missing + arrived.usual);
  }
  state.missing = 0;
  state.silentMs = 0;
  state.lookedAt = 0;
  state.isRaised = false;
}

/** Of Poisson counts: ln of how much likelier they are where only a part of the usual is due. */
function learnQuiet(state: Running, seen: number, due: number): void {
  const [least, most] = QUIET_ODDS_RANGE;
  const ratio = seen * Math.log(QUIET_FACTOR) + (1 - QUIET_FACTOR) * due;
  state.quietOdds = Math.min(most, Math.max(least, state.quietOdds + ratio));
}

/** −ln of the probability that nothing comes where so many are due, on a day like others or on a quiet one. */
function evidenceOf(state: Running, shapeOfHour: number): number {
  const shape = shapeOfHour * Math.max(1, state.silentMs / HOUR_MS);
  const usually = nothingOf(state.missing * paceOf(state), shape) + Math.log1p(Math.exp(state.quietOdds));
  const quietly = nothingOf(state.missing * QUIET_FACTOR, shape) + Math.log1p(Math.exp(-state.quietOdds));
  return Math.max(0, Math.min(usually, quietly) - Math.log1p(Math.exp(-Math.abs(usually - quietly))));
}

/**
 * −ln P(0) of the negative binomial: the mean wavers from hour to hour by a gamma, over several hours less; with an even
 * mean it is the number due.
 */
const nothingOf = (due: number, shape: number): number => shape * Math.log1p(due / shape);

function limitOf({ usualDay, longest }: Running, looksADay: number): number {
  const budget = DAYS_LIMIT + Math.log(Math.max(1, Math.min(usualDay, looksADay)));
  return Math.max(LEAST_LIMIT, budget, LONGEST_FACTOR * longest);
}

/** What earlier versions did not save is as at the beginning. */
function runningOf(saved: SilenceState): Running {
  const { hour, usual, usualDay, missing, silentMs, isRaised, lookedAt, longest, seen, due, quietOdds } = {
    ...emptyState(),
    ...saved,
  };
  return { hour, usual, usualDay, missing, silentMs, isRaised, lookedAt, longest, seen, due, quietOdds };
}

function fade(state: Running, hours: number): void {
  state.longest *= Math.exp(-hours / LONGEST_FADES_HOURS);
  state.seen *= Math.exp(-hours / PACE_FADES_HOURS);
  state.due *= Math.exp(-hours / PACE_FADES_HOURS);
}

/** At most 1: a day livelier than usual does not make a silence shorter. */
const paceOf = ({ seen, due }: Running): number =>
  Math.min(1, (seen + PACE_PRIOR_EVENTS) / (due + PACE_PRIOR_EVENTS));

function rangeOf(usual: number): [low: number, high: number] {
  const deviation = Math.sqrt(usual);
  return [Math.max(0, usual - RANGE_Z * deviation), usual + RANGE_Z * deviation + 1];
}
