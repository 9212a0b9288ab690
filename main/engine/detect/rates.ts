import { logGamma } from '../../../shared/stats/gamma.ts';
import { type ChangeWatchState, createChangeWatch } from './change-watch.ts';
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

/** k of n per bucket, in order of time. */
export interface RateBuckets {
  tsMs: Float64Array;
  /** Hour of the local week, 0..167. */
  slots: Uint8Array;
  successes: Float64Array;
  trials: Float64Array;
  skipped?: Uint8Array;
}

export interface RateOptions extends DetectorOptions {
  /** The direction that is bad news: capture rates fall, error rates rise. Both by default. */
  worse?: 'down' | 'up' | 'both';
}

export interface RateState {
  history: SeasonalHistoryState;
  watch: ChangeWatchState;
  correlation: CorrelationState;
}

interface CorrelationState {
  excess: number;
  pairs: number;
}

/** Nats; measured (test/engine/detect-traffic.test.ts): at most 5 false alarms in 1000 clean series-days at 10 to 1000
 *  trials an hour. */
const LIMIT = 8.4;
const BETTER_LIMIT = 12; // good news can wait, and should rarely be wrong
/** Changes looked for, as steps of the logit: 90 % → 85 % is −0.46, 90 % → 80 % is −0.81. */
const LOGIT_STEPS = [-0.4, -0.8, 0.4, 0.8] as const;
const GENTLEST_FALL = 0;
const GENTLEST_RISE = 2;
const PRIOR_TRIALS = 1_000; // by which an hour or a weekday is drawn to the rate of all, from which it rarely differs by 1 %
const LEARN_DAYS = 7;
const LEARN_TRIALS = 200;
const USUAL_CORRELATION = 0.01; // between trials of one bucket
const CORRELATION_PRIOR_PAIRS = 200_000;
const CORRELATION_RANGE = [0.003, 0.1] as const;
const RANGE_Z = 2.576; // 99 of 100

/**
 * Watches a rate: a CUSUM of beta-binomial log-likelihood ratios against the same hours of the last 28 days, the last day
 * left out. Contract: as judgeGeneral.
 */
export function judgeRates(
  buckets: RateBuckets,
  options: RateOptions = {},
  saved?: RateState,
): { judged: Judged; state: RateState } {
  const detector = createRateDetector(options, saved);
  const judged = createJudged(buckets.tsMs.length);
  for (let index = 0; index < buckets.tsMs.length; index += 1) {
    const bucket = {
      tsMs: buckets.tsMs[index] as number,
      slot: buckets.slots[index] as number,
      successes: buckets.successes[index] as number,
      trials: buckets.trials[index] as number,
      skip: (buckets.skipped?.[index] ?? SKIPPED.judged) as Skipped,
    };
    writeJudgement(judged, index, detector.judge(bucket));
  }
  return { judged, state: detector.save() };
}

interface RateBucket {
  tsMs: number;
  slot: number;
  successes: number;
  trials: number;
  skip: Skipped;
}

interface RateDetector {
  judge: (bucket: RateBucket) => Judgement;
  save: () => RateState;
}

function createRateDetector({ worse = 'both', caution = 1 }: RateOptions, saved?: RateState): RateDetector {
  const history = createSeasonalHistory(2, saved?.history);
  const changes = LOGIT_STEPS.map((step) => ({
    limit: caution * (worse === (step < 0 ? 'up' : 'down') ? BETTER_LIMIT : LIMIT),
    gentlest: step < 0 ? GENTLEST_FALL : GENTLEST_RISE,
  }));
  const watch = createChangeWatch(changes, history, saved?.watch);
  const correlation = { ...(saved?.correlation ?? { excess: 0, pairs: 0 }) };

  return {
    judge({ tsMs, slot, successes, trials, skip }) {
      const sums = history.sumsAt(tsMs, slot);
      const rho = correlationOf(correlation);
      const rate = usualRate(sums, rho);
      const range = rate === null ? null : expectedRange(rate, trials, rho);
      const quiet = {
        score: 0,
        expectedLow: range?.[0] ?? null,
        expectedHigh: range?.[1] ?? null,
        isAlarm: false,
      };
      if (skip !== SKIPPED.judged) return { ...quiet, skipped: skip };
      if (!(isCount(trials) && isCount(successes) && successes <= trials))
        return { ...quiet, skipped: SKIPPED.gap };
      history.push(tsMs, slot, [successes, trials]);
      if (rate === null) return { ...quiet, skipped: SKIPPED.learning };
      const ratios = LOGIT_STEPS.map((step) => logLikelihoodRatio(successes, trials, rate, step, rho));
      const { strength, isAlarm, raised } = watch.step(ratios, tsMs);
      if (raised === null) learnCorrelation(correlation, successes, trials, rate);
      return { ...quiet, score: scoreOf(strength, 1, isAlarm), isAlarm, skipped: SKIPPED.judged };
    },
    save: () => ({ history: history.save(), watch: watch.save(), correlation: { ...correlation } }),
  };
}

/** Of all, moved on the logit by what the hour and the weekday differ; null while there is too little past. */
function usualRate({ all, hour, weekday, buckets }: SeasonalSums, rho: number): number | null {
  const trials = all[1] as number;
  if (buckets.weekday === 0 || buckets.all < LEARN_DAYS * 23 || trials < LEARN_TRIALS) return null;
  const overall = ((all[0] as number) + 0.5) / (trials + 1);
  const inflation = 1 + Math.max(0, trials / buckets.all - 1) * rho; // of the variance: correlated trials say less
  const prior = PRIOR_TRIALS * inflation;
  const drawn = (sums: Float64Array): number =>
    logit(((sums[0] as number) + prior * overall) / ((sums[1] as number) + prior));
  return logistic(drawn(hour) + drawn(weekday) - logit(overall));
}

/**
 * ln of how much likelier k of n is at the changed rate. Beta-binomial with mean p and correlation ρ: a = p(1 − ρ)/ρ,
 * b = (1 − p)(1 − ρ)/ρ; what does not depend on p cancels. Source: Skellam (1948), JRSS B 10.
 */
function logLikelihoodRatio(k: number, n: number, usual: number, step: number, rho: number): number {
  if (n === 0) return 0;
  const changed = logistic(logit(usual) + step);
  return betaBinomialLn(k, n, changed, rho) - betaBinomialLn(k, n, usual, rho);
}

function betaBinomialLn(k: number, n: number, rate: number, rho: number): number {
  const a = (rate * (1 - rho)) / rho;
  const b = ((1 - rate) * (1 - rho)) / rho;
  return logGamma(k + a) - logGamma(a) + logGamma(n - k + b) - logGamma(b);
}

/** By moments: E[(k − np)²] = np(1 − p)(1 + (n − 1)ρ); drawn to the usual, single buckets cut at three deviations. */
function learnCorrelation(correlation: CorrelationState, k: number, n: number, rate: number): void {
  if (n < 2) return;
  const variance = n * rate * (1 - rate);
  const most = 9 * (1 + (n - 1) * correlationOf(correlation));
  const squared = Math.min(most, (k - n * rate) ** 2 / variance);
  correlation.excess += (squared - 1) * n;
  correlation.pairs += n * (n - 1);
}

function correlationOf({ excess, pairs }: CorrelationState): number {
  const rho = (excess + USUAL_CORRELATION * CORRELATION_PRIOR_PAIRS) / (pairs + CORRELATION_PRIOR_PAIRS);
  return Math.min(CORRELATION_RANGE[1], Math.max(CORRELATION_RANGE[0], rho));
}

function expectedRange(rate: number, trials: number, rho: number): [low: number, high: number] | null {
  if (!(trials > 0)) return null;
  const deviation = Math.sqrt((rate * (1 - rate) * (1 + (trials - 1) * rho)) / trials);
  return [Math.max(0, rate - RANGE_Z * deviation), Math.min(1, rate + RANGE_Z * deviation)];
}

const logit = (rate: number): number => Math.log(rate / (1 - rate));
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
