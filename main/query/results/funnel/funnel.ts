import type { Expanded } from '../../../../shared/query/answer.ts';
import type { FunnelSpec } from '../../../../shared/query/kinds/funnel.ts';
import type {
  FunnelContent,
  FunnelStepResult,
  FunnelTimeContent,
  FunnelTrendContent,
} from '../../../../shared/query/kind-answers.ts';
import { quantileInPlace } from '../../../../shared/stats/quantile.ts';
import { eventTypesOf } from '../../plan/event-match.ts';
import { bucketInstants, type Period, type PeriodOptions } from '../../plan/period.ts';
import type { Question } from '../../plan/question.ts';
import { divide } from '../../plan/series.ts';
import { comparePeriods, expandParts } from '../expand-parts.ts';
import { joinMembers } from '../members.ts';
import type { FunnelSlotPart } from './funnel-slot.ts';
import { timeBins } from './time-bins.ts';

export function answerFunnel(
  question: Question,
  spec: FunnelSpec,
  options: PeriodOptions,
): Promise<Expanded<FunnelContent>> {
  for (const ref of [...spec.steps, ...spec.exclusions]) question.reads(eventTypesOf(ref));
  return comparePeriods(spec, options, (period) =>
    expandParts<FunnelSlotPart, FunnelContent>(question, spec.breakdown, period, {
      step: 'funnel',
      contentOf: (slots) => contentOf(question, spec, period, slots),
      unitsOf: (slots) => sum(slots.map(({ counts }) => counts[0] ?? 0)),
    }),
  );
}

function contentOf(
  { mostMembers }: Question,
  spec: FunnelSpec,
  period: Period,
  slots: readonly FunnelSlotPart[],
): FunnelContent {
  switch (spec.show) {
    case 'steps':
      return { steps: spec.steps.map((_step, index) => stepResult(spec, slots, index, mostMembers)) };
    case 'trend':
      return trendOf(spec, period, slots, mostMembers);
    case 'time':
      return timeOf(spec, slots);
  }
}

const MS_PER_SECOND = 1000;
const toSeconds = (ms: number | null): number | null => (ms === null ? null : ms / MS_PER_SECOND);

function stepResult(
  spec: FunnelSpec,
  slots: readonly FunnelSlotPart[],
  index: number,
  mostMembers: number,
): FunnelStepResult {
  const countAt = (step: number): number => sum(slots.map(({ counts }) => counts[step] ?? 0));
  const count = countAt(index);
  const waits = joined(slots.map((slot) => slot.waits[index] ?? new Float64Array(0)));
  return {
    name: stepName(spec, index),
    count,
    fromPrevious: index === 0 ? null : divide(count, countAt(requiredBefore(spec, index))),
    fromFirst: divide(count, countAt(0)),
    meanSeconds: toSeconds(meanOf(waits)),
    medianSeconds: toSeconds(quantileInPlace(waits, 0.5)),
    p90Seconds: toSeconds(quantileInPlace(waits, 0.9)),
    ...(spec.members
      ? {
          members: joinMembers(
            slots.map(({ members }) => members[index] ?? []),
            mostMembers,
          ),
        }
      : {}),
  };
}

/** The last step before another that everybody who got there has done. */
function requiredBefore({ steps }: FunnelSpec, index: number): number {
  let step = index - 1;
  while (step > 0 && steps[step]?.optional === true) step--;
  return step;
}

export function stepName({ steps }: Pick<FunnelSpec, 'steps'>, index: number): string {
  const step = steps[index];
  if (step === undefined) return '';
  return step.name ?? eventTypesOf(step)?.join(', ') ?? 'any event';
}

function trendOf(
  spec: FunnelSpec,
  period: Period,
  slots: readonly FunnelSlotPart[],
  mostMembers: number,
): FunnelTrendContent {
  const { buckets } = period.axis;
  const listOf = (at: (slot: FunnelSlotPart, bucket: number) => number): number[] =>
    Array.from({ length: buckets }, (_, bucket) => sum(slots.map((slot) => at(slot, bucket))));
  const entered = listOf((slot, bucket) => slot.entered[bucket] ?? 0);
  const converted = listOf((slot, bucket) => slot.converted[bucket] ?? 0);
  const membersFrom = (first: number): string[][] =>
    Array.from({ length: buckets }, (_, bucket) =>
      joinMembers(
        slots.map(({ members }) => members[first + bucket] ?? []),
        mostMembers,
      ),
    );
  return {
    buckets: bucketInstants(period),
    entered,
    converted,
    rate: entered.map((count, bucket) => divide(converted[bucket] ?? 0, count)),
    ...(spec.members ? { enteredMembers: membersFrom(0), convertedMembers: membersFrom(buckets) } : {}),
  };
}

function timeOf(spec: FunnelSpec, slots: readonly FunnelSlotPart[]): FunnelTimeContent {
  const times = joined(slots.map((slot) => slot.times));
  return {
    bins: timeBins(times, spec.bins ?? null),
    meanSeconds: toSeconds(meanOf(times)),
    medianSeconds: toSeconds(quantileInPlace(times, 0.5)),
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Whole milliseconds: their sum is exact, so the order of the parts cannot change it. */
const meanOf = (ms: Float64Array): number | null =>
  ms.length === 0 ? null : ms.reduce((total, value) => total + value, 0) / ms.length;

function joined(lists: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(sum(lists.map(({ length }) => length)));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}
