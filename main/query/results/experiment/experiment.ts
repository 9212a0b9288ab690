import type { Expanded } from '../../../../shared/query/answer.ts';
import type { ExperimentContent } from '../../../../shared/query/kind-answers.ts';
import type { ExperimentSpec } from '../../../../shared/query/kinds/experiment.ts';
import { ExactSum } from '../../../../shared/stats/exact-sum.ts';
import { sampleOfProportion, type SampleMean } from '../../../../shared/stats/experiment.ts';
import type { PeriodOptions } from '../../plan/period.ts';
import type { Question } from '../../plan/question.ts';
import { comparePeriods, expandParts } from '../expand-parts.ts';
import { compareSamples, type NamedSample, planExperiment, readSample } from './compare-samples.ts';
import { CUPED_DAYS, type ExposurePart, type VariantRows } from './exposures.ts';
import { userMetric } from './user-metric.ts';

export async function answerExperiment(
  question: Question,
  spec: ExperimentSpec,
  options: PeriodOptions,
): Promise<Expanded<ExperimentContent>> {
  if (spec.plan !== undefined) return planExperiment(spec, spec.plan);
  if (spec.samples !== undefined) return compareSamples(spec, spec.samples.map(readSample));
  const { metric } = spec;
  if (metric === undefined) throw new RangeError('an experiment without samples has a metric');
  question.reads(null);
  const { kind } = userMetric(metric);
  if (spec.cuped)
    question.note(
      `Adjusted by the same metric in the ${CUPED_DAYS} days* before each user's first exposure (CUPED).`,
    );
  return comparePeriods(spec, options, (period) =>
    expandParts<ExposurePart, ExperimentContent>(question, spec.breakdown, period, {
      step: 'experiment',
      contentOf(parts) {
        const mixed = parts.reduce((sum, part) => sum + part.mixed, 0);
        if (mixed > 0) question.note(`${mixed} users met more than one variant and are in none.`);
        return compareSamples(spec, samplesOf(spec, kind, parts));
      },
      unitsOf: (parts) =>
        parts.reduce(
          (sum, { variants }) => sum + variants.reduce((n, rows) => n + rows.numerators.length, 0),
          0,
        ),
    }),
  );
}

/** One sample per variant, the control first, the others by name. */
function samplesOf(
  spec: ExperimentSpec,
  kind: 'proportion' | 'mean' | 'ratio',
  parts: readonly ExposurePart[],
): NamedSample[] {
  const names = [...new Set(parts.flatMap(({ variants }) => variants.map(({ variant }) => variant)))].sort();
  const control = spec.control ?? (names.includes('control') ? 'control' : names[0]);
  const ordered = [...names].sort((a, b) => Number(b === control) - Number(a === control));
  const rows = ordered.map((name) => joinRows(name, parts));
  if (!spec.cuped)
    return rows.map((own) => ({ name: own.variant, n: own.numerators.length, sample: sampleOf(own, kind) }));
  const linear = rows.map((own) => ({ own, values: kind === 'ratio' ? linearised(own) : own.numerators }));
  const slope = pooledSlope(linear.map(({ own, values }) => ({ values, before: own.before })));
  return linear.map(({ own, values }) => ({
    name: own.variant,
    n: values.length,
    sample: momentsOf(
      values.map((value, user) => value - slope.theta * ((own.before[user] as number) - slope.mean)),
    ),
    mean: rawMean(own),
  }));
}

function joinRows(variant: string, parts: readonly ExposurePart[]): VariantRows {
  const own = parts.flatMap(({ variants }) => variants.filter((rows) => rows.variant === variant));
  const column = (key: 'numerators' | 'denominators' | 'before'): Float64Array =>
    Float64Array.from(own.flatMap((rows) => [...rows[key]]));
  return {
    variant,
    numerators: column('numerators'),
    denominators: column('denominators'),
    before: column('before'),
  };
}

const rawMean = ({ numerators, denominators }: VariantRows): number =>
  exactSum(numerators) / exactSum(denominators);

function sampleOf(rows: VariantRows, kind: 'proportion' | 'mean' | 'ratio'): SampleMean | null {
  const { numerators } = rows;
  if (kind === 'proportion') return sampleOfProportion(numerators.length, exactSum(numerators));
  if (kind === 'mean') return momentsOf(numerators);
  const moments = exactSum(rows.denominators) === 0 ? null : momentsOf(linearised(rows));
  return moments === null ? null : { ...moments, mean: rawMean(rows) };
}

/**
 * A ratio of sums as a mean over users: R + (numerator − R × denominator) ÷ mean denominator has the ratio as its mean and
 * the variance of the delta method. Source: Deng, Knoblich & Lu (2018), KDD, section 3.
 */
function linearised(rows: VariantRows): Float64Array {
  const ratio = rawMean(rows);
  const meanDenominator = exactSum(rows.denominators) / rows.denominators.length;
  return rows.numerators.map(
    (numerator, user) => ratio + (numerator - ratio * (rows.denominators[user] as number)) / meanDenominator,
  );
}

/** Mean and sample variance, from exact sums: the order of users cannot change them. */
function momentsOf(values: Float64Array): SampleMean | null {
  const n = values.length;
  if (n < 2) return null;
  const mean = exactSum(values) / n;
  return { n, mean, variance: exactSum(values.map((value) => (value - mean) ** 2)) / (n - 1) };
}

function exactSum(values: Float64Array): number {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum.value;
}

/**
 * θ = cov(Y, X) ÷ var(X) over all variants together, and the mean of X; no variance before: nothing to adjust by.
 * Source: Deng, Xu, Kohavi & Walker (2013), WSDM.
 */
function pooledSlope(samples: readonly { values: Float64Array; before: Float64Array }[]): {
  theta: number;
  mean: number;
} {
  const values = Float64Array.from(samples.flatMap((sample) => [...sample.values]));
  const before = Float64Array.from(samples.flatMap((sample) => [...sample.before]));
  if (before.length === 0) return { theta: 0, mean: 0 };
  const [meanValue, mean] = [exactSum(values) / values.length, exactSum(before) / before.length];
  const covariance = exactSum(
    values.map((value, user) => (value - meanValue) * ((before[user] as number) - mean)),
  );
  const variance = exactSum(before.map((x) => (x - mean) ** 2));
  return { theta: variance > 0 ? covariance / variance : 0, mean };
}
