import type { Expanded } from '../../../shared/query/answer.ts';
import type { DistributionContent } from '../../../shared/query/kind-answers.ts';
import type { DistributionSpec } from '../../../shared/query/kinds/distribution.ts';
import { ExactSum } from '../../../shared/stats/exact-sum.ts';
import { quantileInPlace } from '../../../shared/stats/quantile.ts';
import { studentQuantile } from '../../../shared/stats/student-t.ts';
import { wholeAxis } from '../plan/axis.ts';
import { comparedPeriod, type Period, type PeriodOptions, periodOf } from '../plan/period.ts';
import { collectNumbers, countEvents } from '../plan/quantity.ts';
import { GroupSpace, type Question } from '../plan/question.ts';
import { runScans } from '../plan/scan.ts';
import { expand } from './expand.ts';
import { cubeRootUp } from './funnel/time-bins.ts';

export async function answerDistribution(
  question: Question,
  spec: DistributionSpec,
  options: PeriodOptions,
): Promise<Expanded<DistributionContent>> {
  const current = await computeDistribution(question, spec, periodOf(spec.range, options));
  if (spec.compare === null) return current;
  const compared = comparedPeriod(spec.compare, spec.range, options);
  return { ...current, previous: await computeDistribution(question, spec, compared) };
}

async function computeDistribution(
  question: Question,
  spec: DistributionSpec,
  { startMs, endMs }: Period,
): Promise<Expanded<DistributionContent>> {
  const space = new GroupSpace(question.breakdown);
  const part = { question, space, axis: wholeAxis(startMs, endMs), ref: spec.event };
  const numbers = collectNumbers(part, spec.property);
  const events = countEvents(part);
  await runScans(question, [...numbers.scans, ...events.scans]);
  const { grouping } = space.full;
  return expand(
    {
      values: grouping.values.filter((_value, group) => grouping.occurs(group)),
      async contentOf(set) {
        await question.pace.breathe();
        const values = numbers.cells.values(set.idsIn(numbers.groups), null);
        return contentOf(spec, values, events.at(set, null) - values.length);
      },
      unitsOf: (set) => numbers.cells.count(set.idsIn(numbers.groups), null),
    },
    spec.breakdown?.limit ?? null,
    question.pace,
  );
}

function contentOf(spec: DistributionSpec, values: Float64Array, missing: number): DistributionContent {
  const sum = exactSum(values);
  const n = values.length;
  const mean = n === 0 ? null : sum / n;
  const [min, max] = [extreme(values, Math.min), extreme(values, Math.max)];
  return {
    n,
    missing,
    sum,
    mean,
    mean_interval: mean === null ? null : meanInterval(values, mean),
    min,
    max,
    quantiles: spec.quantiles.map((q) => ({ q, value: quantileInPlace(values, q) })),
    bins: min === null || max === null ? [] : binsOf(values, min, max, spec.bins ?? cubeRootUp(n)),
  };
}

function exactSum(values: Float64Array): number {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum.value;
}

const CONFIDENCE_TAIL = 0.975;

/** Mean ± t s ÷ √n; null for fewer than two values. Exact sums, so that the order of events cannot change it. */
function meanInterval(values: Float64Array, mean: number): [number, number] | null {
  const n = values.length;
  if (n < 2) return null;
  const squares = exactSum(values.map((value) => (value - mean) ** 2));
  const half = studentQuantile(CONFIDENCE_TAIL, n - 1) * Math.sqrt(squares / (n - 1) / n);
  return [mean - half, mean + half];
}

function extreme(values: Float64Array, pick: (a: number, b: number) => number): number | null {
  const [first] = values;
  return first === undefined ? null : values.reduce((best, value) => pick(best, value), first);
}

/** Equal bins from the smallest to the largest value; lower edges inclusive, the last holds the maximum too. */
function binsOf(values: Float64Array, min: number, max: number, wanted: number): DistributionContent['bins'] {
  if (min === max) return [{ from: min, to: max, count: values.length }];
  const width = (max - min) / wanted;
  const edges = Array.from({ length: wanted + 1 }, (_, bin) => (bin === wanted ? max : min + bin * width));
  const counts = new Float64Array(wanted);
  for (const value of values) {
    let bin = Math.min(wanted - 1, Math.floor((value - min) / width));
    while (bin > 0 && value < (edges[bin] as number)) bin--; // what the division rounded
    while (bin < wanted - 1 && value >= (edges[bin + 1] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
  }
  return Array.from(counts, (count, bin) => ({
    from: edges[bin] as number,
    to: edges[bin + 1] as number,
    count,
  }));
}
