import { createChangeWatch, type ChangeWatchState } from './change-watch.ts';
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

/** A quantile of durations per bucket, and how many durations it was taken of. In order of time. */
export interface LatencyBuckets {
  tsMs: Float64Array;
  /** Hour of the local week, 0..167. */
  slots: Uint8Array;
  /** Of any unit, more than 0; NaN where nothing was measured. */
  quantiles: Float64Array;
  measured: Float64Array;
  skipped?: Uint8Array;
}

export interface LatencyState {
  history: SeasonalHistoryState;
  watch: ChangeWatchState;
  noise: NoiseState;
  block: Block | null;
  /** The evidence after the last whole block, as a share of the limit. */
  strength: number;
}

/** Buckets that are too small to be judged alone, taken together. */
interface Block {
  startMs: number;
  /** Residuals of ln(quantile), each times what its bucket measured. */
  residuals: number;
  measured: number;
}

/** Mean square of the residuals of ln(quantile), each times what its block measured: the variance for one duration. */
interface NoiseState {
  squares: number;
  buckets: number;
}

/** Nats. */
const LIMIT = 10;
/** Changes looked for, as factors of the usual quantile: slower is what hurts. */
const FACTORS = [1.2, 1.6, 0.7] as const;
const GENTLEST_RISE = 0;
const FALL = 2;
const LEARN_BUCKETS = 7 * 23;
const PRIOR_BUCKETS = 3; // by which an hour or a weekday is drawn to the mean of all
/** A tail of 5 % shows in 20 durations at best, and the quantile of fewer is the largest of them: skewed, and wild. */
const LEAST_MEASURED = 50;
const NOISE_MEMORY = 672; // blocks: at most 28 days of hours
/** Deviation of ln(quantile) for one duration, until the series has shown its own: √(q(1 − q)) ÷ φ(z) × σ of a p95 of
 *  log-normal durations with σ = 0.8. Source: the asymptotic variance of a sample quantile, q(1 − q) ÷ (n f²). */
const USUAL_NOISE = 1.7;
const NOISE_PRIOR_BLOCKS = 20;
const LEAST_NOISE = 0.1;
const MOST_DEVIATIONS = 3; // residuals beyond are cut: one or two wild blocks are no change
const RANGE_Z = 2.576; // 99 of 100

/**
 * Watches a latency quantile: a CUSUM of normal log-likelihood ratios of its logarithm against the same hours of the last
 * 28 days, the last day left out. Buckets are taken together until they measured enough; the variance of such a block goes
 * with one over what it measured. Contract: as judgeGeneral.
 */
export function judgeLatency(
  buckets: LatencyBuckets,
  options: DetectorOptions = {},
  saved?: LatencyState,
): { judged: Judged; state: LatencyState } {
  const detector = createLatencyDetector(options, saved);
  const judged = createJudged(buckets.tsMs.length);
  for (let index = 0; index < buckets.tsMs.length; index += 1) {
    const bucket = {
      tsMs: buckets.tsMs[index] as number,
      slot: buckets.slots[index] as number,
      quantile: buckets.quantiles[index] as number,
      measured: buckets.measured[index] as number,
      skip: (buckets.skipped?.[index] ?? SKIPPED.judged) as Skipped,
    };
    writeJudgement(judged, index, detector.judge(bucket));
  }
  return { judged, state: detector.save() };
}

interface LatencyBucket {
  tsMs: number;
  slot: number;
  quantile: number;
  measured: number;
  skip: Skipped;
}

interface LatencyDetector {
  judge: (bucket: LatencyBucket) => Judgement;
  save: () => LatencyState;
}

function createLatencyDetector({ caution = 1 }: DetectorOptions, known?: LatencyState): LatencyDetector {
  const saved = known?.block === undefined ? undefined : known; // an earlier version did not weigh its history
  const history = createSeasonalHistory(2, saved?.history); // ln(quantile) times how many were measured, and how many
  const changes = FACTORS.map((factor) => ({
    limit: LIMIT * caution,
    gentlest: factor > 1 ? GENTLEST_RISE : FALL,
  }));
  const watch = createChangeWatch(changes, history, saved?.watch);
  const noise = { ...(saved?.noise ?? { squares: 0, buckets: 0 }) };
  let block = saved?.block ?? null;
  let strength = saved?.strength ?? 0;

  const judgeBlock = ({ startMs, residuals, measured }: Block): boolean => {
    const deviation = deviationOf(noise) / Math.sqrt(measured);
    const z = cut(residuals / measured / deviation);
    const ratios = FACTORS.map((factor) => logLikelihoodRatio(z, Math.log(factor) / deviation));
    const step = watch.step(ratios, startMs);
    if (step.raised === null) learnNoise(noise, z * deviationOf(noise));
    ({ strength } = step);
    return step.isAlarm;
  };

  return {
    judge({ tsMs, slot, quantile, measured, skip }) {
      const usual = usualOf(history.sumsAt(tsMs, slot));
      const deviation = deviationOf(noise) / Math.sqrt(Math.max(1, measured));
      const range = usual === null ? null : rangeOf(usual, deviation);
      const quiet = {
        score: 0,
        expectedLow: range?.[0] ?? null,
        expectedHigh: range?.[1] ?? null,
        isAlarm: false,
      };
      if (skip !== SKIPPED.judged) return { ...quiet, skipped: skip };
      if (!(quantile > 0 && Number.isFinite(quantile) && measured > 0 && isCount(measured)))
        return { ...quiet, skipped: SKIPPED.gap };
      history.push(tsMs, slot, [measured * Math.log(quantile), measured]);
      if (usual === null) return { ...quiet, skipped: SKIPPED.learning };
      block = added(block, { tsMs, residual: Math.log(quantile) - usual, measured });
      if (block.measured < LEAST_MEASURED)
        return { ...quiet, score: scoreOf(strength, 1, false), skipped: SKIPPED.judged };
      const isAlarm = judgeBlock(block);
      block = null;
      return { ...quiet, score: scoreOf(strength, 1, isAlarm), isAlarm, skipped: SKIPPED.judged };
    },
    save: () => ({ history: history.save(), watch: watch.save(), noise: { ...noise }, block, strength }),
  };
}

const added = (
  block: Block | null,
  { tsMs, residual, measured }: { tsMs: number; residual: number; measured: number },
): Block => ({
  startMs: block?.startMs ?? tsMs,
  residuals: (block?.residuals ?? 0) + residual * measured,
  measured: (block?.measured ?? 0) + measured,
});

/**
 * Mean of all, plus what the hour and the weekday differ; null while there is too little past. Weighted by what was
 * measured, as blocks are: the quantile of few durations lies lower, and a plain mean would be lower than any block.
 */
function usualOf({ all, hour, weekday, buckets }: SeasonalSums): number | null {
  if (buckets.all < LEARN_BUCKETS || buckets.weekday === 0) return null;
  const mean = (all[0] as number) / (all[1] as number);
  const prior = (PRIOR_BUCKETS * (all[1] as number)) / buckets.all;
  const drawn = (sums: Float64Array): number =>
    ((sums[0] as number) + prior * mean) / ((sums[1] as number) + prior);
  return drawn(hour) + drawn(weekday) - mean;
}

/**
 * Normal of deviation 1 with mean `shift` instead of 0, of a residual that may be cut. No further from "as before" than
 * one deviation: what is larger is found by size anyway, and a gentle shift must not count as evidence against it.
 */
function logLikelihoodRatio(z: number, shift: number): number {
  const step = Math.sign(shift) * Math.min(2, Math.abs(shift));
  return step * z - (step * step) / 2;
}

const cut = (z: number): number => Math.min(MOST_DEVIATIONS, Math.max(-MOST_DEVIATIONS, z));

function learnNoise(noise: NoiseState, residual: number): void {
  noise.buckets = Math.min(NOISE_MEMORY, noise.buckets + 1);
  noise.squares += (residual * residual - noise.squares) / noise.buckets;
}

function deviationOf({ squares, buckets }: NoiseState): number {
  const variance =
    (squares * buckets + USUAL_NOISE * USUAL_NOISE * NOISE_PRIOR_BLOCKS) / (buckets + NOISE_PRIOR_BLOCKS);
  return Math.max(LEAST_NOISE, Math.sqrt(variance));
}

function rangeOf(ln: number, deviation: number): [low: number, high: number] {
  return [Math.exp(ln - RANGE_Z * deviation), Math.exp(ln + RANGE_Z * deviation)];
}
