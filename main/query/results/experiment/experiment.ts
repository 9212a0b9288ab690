import type { Expanded } from '../../../../shared/query/answer.ts';
import type { ExperimentContent } from '../../../../shared/query/kind-answers.ts';
import type { ExperimentSpec } from '../../../../shared/query/kinds/experiment.ts';
import { ExactSum } from '../../../../shared/stats/exact-sum.ts';
import type { SampleMean } from '../../../../shared/stats/experiment.ts';
import type { PeriodOptions } from '../../plan/period.ts';
import type { Question } from '../../plan/question.ts';
import { comparePeriods, expandParts } from '../expand-parts.ts';
import {
  type ComparedSamples,
  compareSamples,
  type NamedSample,
  planExperiment,
  readSample,
} from './compare-samples.ts';
import { CUPED_DAYS, type ExposurePart, type VariantRows } from './exposures.ts';
import { userMetric } from './user-metric.ts';

export async function answerExperiment(
  question: Question,
  spec: ExperimentSpec,
  options: PeriodOptions,
): Promise<Expanded<ExperimentContent>> {
  if (spec.plan !== undefined) return planExperiment(spec, spec.plan);
  if (spec.samples !== undefined) return compareSamples(spec, againstFirst(spec.samples.map(readSample)));
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
        return compareSamples(spec, pairsOf(spec, kind, parts));
      },
      unitsOf: (parts) =>
        parts.reduce(
          (sum, { variants }) => sum + variants.reduce((n, rows) => n + rows.numerators.length, 0),
          0,
        ),
    }),
  );
}

const againstFirst = (samples: readonly NamedSample[]): ComparedSamples[] => {
  const [control] = samples;
  return control === undefined ? [] : samples.map((variant) => ({ control, variant }));
};

/** Every variant beside the control, the control first, the others by name. */
function pairsOf(spec: ExperimentSpec, kind: MetricKind, parts: readonly ExposurePart[]): ComparedSamples[] {
  const names = [...new Set(parts.flatMap(({ variants }) => variants.map(({ variant }) => variant)))].sort();
  const asked = spec.control ?? 'control';
  const ordered = [...names].sort((a, b) => Number(b === asked) - Number(a === asked));
  const rows = ordered.map((name) => joinRows(name, parts));
  const [control] = rows;
  if (control === undefined) return [];
  if (!spec.cuped || kind === 'ratio') return againstFirst(rows.map((own) => sampleOf(own, kind, 0)));
  return rows.map((variant) => {
    const theta = slopeOf([control, variant], kind);
    return { control: sampleOf(control, kind, theta), variant: sampleOf(variant, kind, theta) };
  });
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

type MetricKind = 'proportion' | 'mean' | 'ratio';

/** `theta`: how much of the value before is taken off the value after; 0: nothing. */
function sampleOf(rows: VariantRows, kind: MetricKind, theta: number): NamedSample {
  const n = rows.numerators.length;
  const named = { name: rows.variant, n };
  if (n === 0) return { ...named, sample: null };
  if (kind === 'ratio') return { ...named, sample: ratioSample(rows) };
  const mean = exactSum(rows.numerators) / n;
  if (theta === 0)
    return { ...named, sample: { n, mean, variance: spread(rows.numerators, rows.numerators, kind) } };
  const variance =
    spread(rows.numerators, rows.numerators, kind) +
    theta ** 2 * spread(rows.before, rows.before, kind) -
    2 * theta * spread(rows.numerators, rows.before, kind);
  return { ...named, sample: { n, mean, variance, shift: (theta * exactSum(rows.before)) / n } };
}

/**
 * A quotient R of two sums over users: the variance of (numerator − R × denominator) ÷ mean denominator is that of the
 * delta method without its loss of digits. Source: Deng, Knoblich & Lu (2018), KDD, section 3.
 */
function ratioSample({ numerators, denominators }: VariantRows): SampleMean | null {
  const n = numerators.length;
  const total = exactSum(denominators);
  if (total === 0) return null;
  const mean = exactSum(numerators) / total;
  const residues = numerators.map(
    (numerator, user) => (numerator - mean * (denominators[user] as number)) / (total / n),
  );
  return { n, mean, variance: spread(residues, residues, 'mean') };
}

/** Sample covariance of two columns; of proportions without n − 1. Exact sums: the order of users cannot change it. */
function spread(a: Float64Array, b: Float64Array, kind: MetricKind): number {
  const n = a.length;
  if (n < 2 && kind !== 'proportion') return 0;
  const [meanA, meanB] = [exactSum(a) / n, exactSum(b) / n];
  if (kind === 'proportion' && a === b) return meanA * (1 - meanA);
  const products = exactSum(a.map((value, user) => (value - meanA) * ((b[user] as number) - meanB)));
  return products / (kind === 'proportion' ? n : n - 1);
}

function exactSum(values: Float64Array): number {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum.value;
}

/**
 * θ = cov(after, before) ÷ var(before), over both samples as one; 0 where there is nothing to adjust by.
 * Source: Deng, Xu, Kohavi & Walker (2013), WSDM.
 */
function slopeOf(samples: readonly VariantRows[], kind: MetricKind): number {
  const join = (key: 'numerators' | 'before'): Float64Array =>
    Float64Array.from(samples.flatMap((rows) => [...rows[key]]));
  const [after, before] = [join('numerators'), join('before')];
  const ofBefore = spread(before, before, kind);
  return ofBefore > 0 && spread(after, after, kind) > 0 ? spread(after, before, kind) / ofBefore : 0;
}
