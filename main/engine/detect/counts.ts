import { createChangeWatch, type ChangeWatchState } from './change-watch.ts';
import { type ClumpingState, createClumping } from './clumping.ts';
import { scoreOf } from './score.ts';
import { createSeasonalHistory, type SeasonalHistoryState } from './seasonal-history.ts';
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
import { usualCount } from './usual-count.ts';

/** Events, users or sessions per bucket, in order of time. */
export interface CountBuckets {
  tsMs: Float64Array;
  /** Hour of the local week, 0..167. */
  slots: Uint8Array;
  counts: Float64Array;
  skipped?: Uint8Array;
}

export interface CountState {
  history: SeasonalHistoryState;
  watch: ChangeWatchState;
  clumping: ClumpingState;
}

/** Nats. */
const LIMIT = 12;
/** Days are lively or quiet as a whole, so that their hours bear each other out: up to so much is no change. */
const LIVELINESS = 1.14;
/** Changes looked for, as factors of the usual count. */
const FACTORS = [0.65, 0.4, 1.6, 2.5] as const;
const GENTLEST_FALL = 0;
const GENTLEST_RISE = 2;
const RANGE_Z = 2.576; // 99 of 100

/**
 * Watches a count: a CUSUM of negative-binomial log-likelihood ratios against the same hours of the last 28 days, the
 * last day left out. Contract: as judgeGeneral.
 */
export function judgeCounts(
  buckets: CountBuckets,
  options: DetectorOptions = {},
  saved?: CountState,
): { judged: Judged; state: CountState } {
  const detector = createCountDetector(options, saved);
  const judged = createJudged(buckets.tsMs.length);
  for (let index = 0; index < buckets.tsMs.length; index += 1) {
    const bucket = {
      tsMs: buckets.tsMs[index] as number,
      slot: buckets.slots[index] as number,
      count: buckets.counts[index] as number,
      skip: (buckets.skipped?.[index] ?? SKIPPED.judged) as Skipped,
    };
    writeJudgement(judged, index, detector.judge(bucket));
  }
  return { judged, state: detector.save() };
}

interface CountBucket {
  tsMs: number;
  slot: number;
  count: number;
  skip: Skipped;
}

interface CountDetector {
  judge: (bucket: CountBucket) => Judgement;
  save: () => CountState;
}

function createCountDetector({ caution = 1 }: DetectorOptions, saved?: CountState): CountDetector {
  const history = createSeasonalHistory(1, saved?.history);
  const clumping = createClumping(saved?.clumping);
  const changes = FACTORS.map((factor) => ({
    limit: LIMIT * caution,
    gentlest: factor < 1 ? GENTLEST_FALL : GENTLEST_RISE,
  }));
  const watch = createChangeWatch(changes, history, saved?.watch);

  return {
    judge({ tsMs, slot, count, skip }) {
      const usual = usualCount(history.sumsAt(tsMs, slot));
      const shape = clumping.shape();
      const range = usual === null ? null : rangeOf(usual, shape);
      const quiet = {
        score: 0,
        expectedLow: range?.[0] ?? null,
        expectedHigh: range?.[1] ?? null,
        isAlarm: false,
      };
      if (skip !== SKIPPED.judged) return { ...quiet, skipped: skip };
      if (!isCount(count)) return { ...quiet, skipped: SKIPPED.gap };
      history.push(tsMs, slot, [count]);
      if (usual === null) return { ...quiet, skipped: SKIPPED.learning };
      const ratios = FACTORS.map((factor) => {
        const unchanged = factor < 1 ? usual / LIVELINESS : usual * LIVELINESS;
        return logLikelihoodRatio(count, unchanged, factor * usual, shape);
      });
      const { strength, isAlarm, raised } = watch.step(ratios, tsMs);
      if (raised === null) clumping.learn(count, usual);
      return { ...quiet, score: scoreOf(strength, 1, isAlarm), isAlarm, skipped: SKIPPED.judged };
    },
    save: () => ({ history: history.save(), watch: watch.save(), clumping: clumping.save() }),
  };
}

/**
 * ln of how much likelier the count is at the changed mean. Negative binomial with mean μ and shape r: k ln μ −
 * (k + r) ln(r + μ), and terms that do not depend on μ. Source: Lawless (1987), Canadian J. Statistics 15.
 */
function logLikelihoodRatio(count: number, unchanged: number, changed: number, shape: number): number {
  if (unchanged === 0) return 0; // where nothing ever came, the general detector sees what comes
  return (
    count * Math.log(changed / unchanged) -
    (count + shape) * Math.log((shape + changed) / (shape + unchanged))
  );
}

function rangeOf(usual: number, shape: number): [low: number, high: number] {
  const deviation = Math.sqrt(usual + (usual * usual) / shape);
  return [Math.max(0, usual - RANGE_Z * deviation), usual + RANGE_Z * deviation];
}
