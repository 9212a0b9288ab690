import { toLocalDate } from '../../../shared/format/local-time.ts';
import type { AnswerOf, BreakdownValue, RateWithInterval } from '../../../shared/query/answer.ts';
import type {
  FunnelContent,
  FunnelStepResult,
  FunnelStepsContent,
  FunnelTimeContent,
  FunnelTrendContent,
  TimeBin,
} from '../../../shared/query/kind-answers.ts';
import { windowMs } from '../../../shared/query/kinds/funnel.ts';
import { wilsonInterval } from '../../../shared/stats/wilson.ts';
import type { RateBucket } from '../../charts/rate-by-date.ts';
import { eventLabel } from '../../state/event-names.ts';
import { filterInWords } from '../../state/filter-words.ts';
import type { FunnelDefinition, FunnelStepDefinition } from '../../state/funnel-definition.ts';
import { bucketEndsMs } from '../../state/open-bucket.ts';
import { type Difference, differenceOf, type Proportion } from '../../state/difference.ts';

/** Answers as the columns that the tiles, their twins and the finding read. */

export interface FunnelStep {
  index: number;
  name: string;
  /** Event types behind the name, and what they must fulfil, in words. */
  events: string;
  conditions: string;
  isOptional: boolean;
  count: number;
  /** Units that got to the last required step before; null for the first. */
  base: number | null;
  fromPrevious: RateWithInterval;
  fromFirst: number | null;
  /** Those of `base` that did not come here; null for the first step. */
  left: number | null;
  loss: RateWithInterval;
  meanSeconds: number | null;
  medianSeconds: number | null;
  p90Seconds: number | null;
  previous: PreviousStep | null;
  /** Of the share that came here from the step before, against the compared period. */
  difference: Difference | null;
}

export interface PreviousStep {
  count: number;
  base: number | null;
  fromPrevious: number | null;
  fromFirst: number | null;
  medianSeconds: number | null;
}

const NO_RATE: RateWithInterval = { value: null, low: null, high: null };

export function funnelSteps(answer: AnswerOf<'funnel'>, definition: FunnelDefinition): FunnelStep[] | null {
  const { result } = answer;
  if (!isSteps(result) || result.steps.length !== definition.steps.length) return null;
  const previous = result.previous !== undefined && isSteps(result.previous) ? result.previous.steps : null;
  return stepsOf(result.steps, previous, definition);
}

function stepsOf(
  steps: readonly FunnelStepResult[],
  previous: readonly FunnelStepResult[] | null,
  definition: FunnelDefinition,
): FunnelStep[] {
  return steps.map((step, index) => {
    const base = countBefore(steps, definition, index);
    const before = previous?.[index];
    const baseThen = previous === null ? null : countBefore(previous, definition, index);
    const left = base === null ? null : base - step.count;
    return {
      index,
      name: stepName(definition.steps[index]),
      events: stepEvents(definition.steps[index]),
      conditions: stepConditions(definition.steps[index]),
      isOptional: definition.steps[index]?.optional === true,
      count: step.count,
      base,
      fromPrevious: base === null ? NO_RATE : rateOf({ count: step.count, n: base }),
      fromFirst: step.fromFirst,
      left,
      loss: left === null || base === null ? NO_RATE : rateOf({ count: left, n: base }),
      meanSeconds: step.meanSeconds,
      medianSeconds: step.medianSeconds,
      p90Seconds: step.p90Seconds,
      previous:
        before === undefined
          ? null
          : {
              count: before.count,
              base: baseThen,
              fromPrevious: before.fromPrevious,
              fromFirst: before.fromFirst,
              medianSeconds: before.medianSeconds,
            },
      difference:
        before === undefined || base === null || baseThen === null
          ? null
          : differenceOf({ count: step.count, n: base }, { count: before.count, n: baseThen }),
    };
  });
}

/** Units at the last required step before this one; null for the first. */
function countBefore(
  steps: readonly FunnelStepResult[],
  definition: FunnelDefinition,
  index: number,
): number | null {
  const before = requiredBefore(definition, index);
  return before === null ? null : (steps[before]?.count ?? null);
}

/** The last required step before this one; null for the first. */
export function requiredBefore({ steps }: FunnelDefinition, index: number): number | null {
  const before = steps.slice(0, index).findLastIndex(({ optional }) => !optional);
  return before < 0 ? null : before;
}

export function rateOf({ count, n }: Proportion): RateWithInterval {
  if (n === 0) return NO_RATE;
  const [low, high] = wilsonInterval(count, n);
  return { value: count / n, low, high };
}

export const stepName = (step: FunnelStepDefinition | undefined): string =>
  step === undefined
    ? ''
    : (step.name ??
      (step.anyOf === undefined
        ? eventLabel(step.event ?? null)
        : step.anyOf.map(({ event }) => eventLabel(event ?? null)).join(' or ')));

export const stepEvents = (step: FunnelStepDefinition | undefined): string => {
  if (step?.anyOf !== undefined) return step.anyOf.map(({ event }) => event ?? 'any event').join(', ');
  return step?.event ?? 'any event';
};

export const stepConditions = (step: FunnelStepDefinition | undefined): string =>
  [
    ...(step?.filters ?? []).map(filterInWords),
    ...(step?.first === undefined ? [] : [step.first === 'ever' ? 'first ever' : 'first matching']),
    ...(step?.optional === true ? ['optional'] : []),
  ].join(', ');

/** Steps that have one before them to come from. */
export const transitionsOf = (definition: FunnelDefinition): { from: number; to: number }[] =>
  definition.steps.flatMap((_, to) => {
    const from = requiredBefore(definition, to);
    return from === null ? [] : [{ from, to }];
  });

export interface FunnelBucket extends RateBucket {
  entered: number;
  converted: number;
  previous: { date: string; value: number | null; entered: number; converted: number } | null;
}

interface Clock {
  definition: FunnelDefinition;
  now: string;
}

/** Conversions by the bucket in which the first step lies. A bucket is partial while one of its tries can still go on. */
export function funnelBuckets(answer: AnswerOf<'funnel'>, { definition, now }: Clock): FunnelBucket[] | null {
  const { result } = answer;
  if (!isTrend(result)) return null;
  const before = result.previous !== undefined && isTrend(result.previous) ? result.previous : null;
  const partial = new Set(answer.partial);
  const isOpen = openBuckets(result.buckets, windowMs(definition), Date.parse(now));
  return result.buckets.map((bucket, index) => {
    const date = toLocalDate(bucket, answer.zone);
    const entered = result.entered[index] ?? 0;
    const converted = result.converted[index] ?? 0;
    const instantBefore = before?.buckets[index];
    return {
      date,
      isPartial: partial.has(date) || isOpen[index] === true,
      ...rateOf({ count: converted, n: entered }),
      n: entered,
      entered,
      converted,
      previous:
        before === null || instantBefore === undefined
          ? null
          : {
              date: toLocalDate(instantBefore, answer.zone),
              value: before.rate[index] ?? null,
              entered: before.entered[index] ?? 0,
              converted: before.converted[index] ?? 0,
            },
    };
  });
}

/** The window of a bucket's last try runs beyond now, or, where it is as long as a bucket, beyond the range: steps
 *  outside the range do not count. */
function openBuckets(buckets: readonly string[], lengthMs: number, nowMs: number): boolean[] {
  const ends = bucketEndsMs(buckets);
  const rangeEndMs = ends.at(-1) ?? nowMs;
  return ends.map((endMs, index) => {
    const isLong = lengthMs >= endMs - Date.parse(buckets[index] ?? '');
    return endMs + lengthMs > nowMs || (isLong && endMs + lengthMs > rangeEndMs);
  });
}

/** The same buckets as shares of those who did not go on. */
export const asLosses = (buckets: readonly FunnelBucket[]): FunnelBucket[] =>
  buckets.map((bucket) => ({
    ...bucket,
    value: complement(bucket.value),
    low: complement(bucket.high),
    high: complement(bucket.low),
    previous:
      bucket.previous === null ? null : { ...bucket.previous, value: complement(bucket.previous.value) },
  }));

const complement = (ratio: number | null): number | null => (ratio === null ? null : 1 - ratio);

export interface FunnelTimes {
  bins: TimeBin[];
  /** Units timed. */
  n: number;
  meanSeconds: number | null;
  medianSeconds: number | null;
  previousMedianSeconds: number | null;
}

export function funnelTimes(answer: AnswerOf<'funnel'>): FunnelTimes | null {
  const { result } = answer;
  if (!isTime(result)) return null;
  const { bins, meanSeconds, medianSeconds, previous } = result;
  return {
    bins,
    n: bins.reduce((sum, { count }) => sum + count, 0),
    meanSeconds,
    medianSeconds,
    previousMedianSeconds: previous !== undefined && isTime(previous) ? previous.medianSeconds : null,
  };
}

export interface FunnelGroup {
  value: BreakdownValue;
  steps: FunnelStep[];
  entered: number;
}

export interface FunnelGroups {
  groups: FunnelGroup[];
  /** Values beyond the limit, as one. */
  rest: { values: number; steps: FunnelStep[] } | null;
  all: FunnelStep[];
}

export function funnelGroups(answer: AnswerOf<'funnel'>, definition: FunnelDefinition): FunnelGroups | null {
  const { result } = answer;
  if (!isSteps(result) || result.breakdowns === undefined || result.steps.length !== definition.steps.length)
    return null;
  const groups = result.breakdowns.flatMap((each): FunnelGroup[] =>
    isSteps(each)
      ? [
          {
            value: each.value,
            steps: stepsOf(each.steps, null, definition),
            entered: each.steps[0]?.count ?? 0,
          },
        ]
      : [],
  );
  const { rest } = result;
  return {
    groups,
    rest:
      rest !== undefined && isSteps(rest)
        ? { values: rest.values, steps: stepsOf(rest.steps, null, definition) }
        : null,
    all: stepsOf(result.steps, null, definition),
  };
}

const isSteps = (content: FunnelContent): content is FunnelStepsContent => 'steps' in content;
const isTrend = (content: FunnelContent): content is FunnelTrendContent => 'entered' in content;
const isTime = (content: FunnelContent): content is FunnelTimeContent => 'bins' in content;
