import { type AlarmRestState, createAlarmRest } from './alarm-rest.ts';
import { createExpectedRange, type ExpectedRangeState } from './expected-range.ts';
import { createHistory } from './history.ts';
import { nearestPast, newestSpread } from './past-neighbour.ts';
import { scoreOf } from './score.ts';
import { createSurpriseScale, type SurpriseState } from './surprise.ts';
import { createTimeProfile, type TimeProfileState } from './time-profile.ts';
import {
  createJudged,
  type DetectorOptions,
  type Judged,
  type Judgement,
  SKIPPED,
  type Skipped,
  writeJudgement,
} from './types.ts';
import { createValueScale } from './value-scale.ts';

/** A series of any kind: values at instants, in order of time. */
export interface GeneralBuckets {
  tsMs: Float64Array;
  /** NaN is missing. */
  values: Float64Array;
  /** Which buckets not to judge, and why; all are judged without it. */
  skipped?: Uint8Array;
}

/** Everything a detector remembers, as JSON: at most HISTORY_POINTS values per scale, 500 errors per way of predicting,
 *  and the profile of one cycle; some 200 kB however long the series. */
export interface GeneralState {
  scale: number | null;
  histories: number[][];
  /** Sum of the values of an unfinished block, and how many, per scale. */
  blocks: [sum: number, count: number][];
  surprises: SurpriseState[];
  current: number[];
  profile: TimeProfileState;
  rest: AlarmRestState;
  expected: ExpectedRangeState;
  /** What was predicted for the next value by its nearest neighbour's successor, and by the recent mean. */
  next: (number | null)[];
}

/** Means of so many points, and how many of them make a lag vector: a quarter of an hour, 80 minutes and 5 hours of
 *  5-minute points. */
const SCALES = [
  { points: 1, lags: 3 },
  { points: 4, lags: 4 },
  { points: 16, lags: 4 },
] as const;
const SPREAD_WINDOWS = [24, 96] as const; // points
const HISTORY_POINTS = 3_000; // values kept per scale
const RECENT_WEIGHT = 0.2; // of the newest value in the recent mean

/** Root mean square of the surprises at which a series alarms. Chosen on simulated series (test/bench/detect.ts), and
 *  flat around it: one surprise of 4 (one in ten thousand) among six, or several of 2 together. */
const LIMIT = 1.65;

/**
 * Judges any series against its own past: how far the newest stretch is from the nearest one before, on several scales;
 * how much it spreads; and, where the series follows a daily or weekly cycle, how far it is from the usual. Each becomes
 * a surprise; their root mean square is the strength. Causal: a bucket's judgement rests on it and earlier ones.
 * Contract: judging a whole equals judging a prefix and then the rest with the state it left, bit for bit.
 */
export function judgeGeneral(
  { tsMs, values, skipped }: GeneralBuckets,
  options: DetectorOptions = {},
  saved?: GeneralState,
): { judged: Judged; state: GeneralState } {
  const detector = createGeneralDetector(options, saved);
  const judged = createJudged(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const skip = (skipped?.[index] ?? SKIPPED.judged) as Skipped;
    writeJudgement(judged, index, detector.judge(tsMs[index] as number, values[index] as number, skip));
  }
  return { judged, state: detector.save() };
}

export interface GeneralDetector {
  judge: (tsMs: number, value: number, skip?: Skipped) => Judgement;
  save: () => GeneralState;
}

export function createGeneralDetector(
  { caution = 1 }: DetectorOptions = {},
  saved?: GeneralState,
): GeneralDetector {
  const limit = LIMIT * caution;
  const scale = createValueScale(saved?.scale);
  const histories = SCALES.map((_, index) => createHistory(HISTORY_POINTS, saved?.histories[index]));
  const blocks = SCALES.map(
    (_, index): [number, number] => [...(saved?.blocks[index] ?? [0, 0])] as [number, number],
  );
  const profile = createTimeProfile(saved?.profile);
  const rest = createAlarmRest(limit, saved?.rest);
  const expected = createExpectedRange(3, saved?.expected);
  const surprises = [
    ...SCALES.map(() => 'upper' as const),
    ...SPREAD_WINDOWS.map(() => 'both' as const),
    'upper' as const,
  ].map((sides, index) => createSurpriseScale(sides, saved?.surprises[index]));
  const current = Float64Array.from(saved?.current ?? surprises.map(() => 0));
  let [successor = null, recent = null] = saved?.next ?? [];
  const PROFILE = surprises.length - 1;

  const surprise = (index: number, measure: number | null | undefined): void => {
    if (measure == null) return;
    current[index] = surprises[index]?.judge(measure) ?? 0;
  };
  const learnScales = (value: number): void => {
    SCALES.forEach(({ points, lags }, index) => {
      const block = blocks[index] as [number, number];
      block[0] += value;
      block[1] += 1;
      if (block[1] < points) return;
      const history = histories[index] as ReturnType<typeof createHistory>;
      history.push(block[0] / points);
      block[0] = 0;
      block[1] = 0;
      const nearest = nearestPast(history, lags);
      surprise(index, nearest?.distance);
      if (index === 0)
        successor = nearest === null ? null : (history.values[history.end() - nearest.age] as number);
    });
  };
  const learn = (tsMs: number, value: number): void => {
    learnScales(value);
    SPREAD_WINDOWS.forEach((window, index) => {
      surprise(SCALES.length + index, newestSpread(histories[0] as ReturnType<typeof createHistory>, window));
    });
    surprise(PROFILE, profile.judge(tsMs, value).departure);
    recent = recent === null ? value : recent + RECENT_WEIGHT * (value - recent);
  };

  return {
    judge(tsMs, rawValue, skip = SKIPPED.judged) {
      const predictions = [profile.usual(tsMs), successor, recent];
      const range = expected.rangeOf(predictions);
      const expectedLow = range === null ? null : scale.restore(range[0]);
      const expectedHigh = range === null ? null : scale.restore(range[1]);
      if (skip !== SKIPPED.judged || Number.isNaN(rawValue))
        return { score: 0, expectedLow, expectedHigh, isAlarm: false, skipped: skip || SKIPPED.gap };
      const value = scale.reduce(rawValue);
      expected.learn(predictions, value);
      learn(tsMs, value);
      const strength = rootMeanSquare(current);
      const isAlarm = rest.isAlarm(strength);
      const score = scoreOf(strength, limit, isAlarm);
      return { score, expectedLow, expectedHigh, isAlarm, skipped: SKIPPED.judged };
    },
    save: () => ({
      scale: scale.save(),
      histories: histories.map((history) => history.save()),
      blocks: blocks.map(([sum, count]) => [sum, count]),
      surprises: surprises.map((each) => each.save()),
      current: [...current],
      profile: profile.save(),
      rest: rest.save(),
      expected: expected.save(),
      next: [successor, recent],
    }),
  };
}

function rootMeanSquare(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum / values.length);
}
