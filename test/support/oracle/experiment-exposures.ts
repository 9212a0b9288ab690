import { partOf } from './breakdown.ts';
import { divide, exactSum } from './exact.ts';
import type { Arm } from './experiment-test.ts';
import { covariance, variance } from './moments.ts';
import { IGNORES_NOTHING, type Line } from './outcome.ts';
import { type Question, inSpan } from './question.ts';
import { type Row, inOrder } from './rows.ts';
import type { ExperimentSpec } from './types.ts';
import { EXPOSURE, type UserMeasure } from './user-measure.ts';
import type { Bucket } from './zone.ts';

/** Samples of an experiment from its exposure events and what its users did. */

/** A user's first exposure. */
export interface Exposure {
  row: Row;
  user: string;
  variant: string;
}

const PRE_PERIOD_MS = 14 * 86_400_000;

/** Users of a range who saw one variant only. A line is that of the first exposure. */
export const exposuresOf =
  (id: string, types: readonly string[], question: Question) =>
  (range: Bucket, line: Line): Exposure[] => {
    const rows = question.rows.filter(
      (row) =>
        row.type === EXPOSURE &&
        row.user !== null &&
        question.takesInMetric(row, { types, filters: [] }) &&
        inSpan(row, range) &&
        partOf(row.fields.get('experiment_id')) === id &&
        variantOf(row) !== null,
    );
    const byUser = Map.groupBy(rows, ({ user }) => user);
    return [...byUser.values()].flatMap((own) => {
      const [row] = inOrder(own);
      const variants = new Set(own.map(variantOf));
      if (row?.user == null || variants.size > 1 || !line.has(row, IGNORES_NOTHING)) return [];
      return [{ row, user: row.user, variant: variantOf(row) ?? '' }];
    });
  };

const variantOf = (row: Row): string | null => partOf(row.fields.get('variant'));

/** The one asked for as control is the first one, otherwise the first in text order. */
function variantsOf(exposures: readonly Exposure[], control: string): string[] {
  const names = [...new Set(exposures.map(({ variant }) => variant))].sort();
  return [...names.filter((name) => name === control), ...names.filter((name) => name !== control)];
}

interface Scene {
  measure: UserMeasure;
  range: Bucket;
}

/** For each variant the control and itself, as they are compared: the adjustment for the time before is one of the two. */
export function armsOfExposures(
  exposures: readonly Exposure[],
  { cuped = false, control: asked = 'control' }: ExperimentSpec,
  { measure, range }: Scene,
): { control: Arm; variant: Arm }[] {
  const people = variantsOf(exposures, asked).map((name) => {
    const own = exposures.filter(({ variant }) => variant === name);
    return { name, values: own.map((exposure) => valuesOf(measure, exposure, range)) };
  });
  const [control] = people;
  return people.flatMap((variant) => {
    if (control === undefined) return [];
    const theta =
      cuped && measure.kind !== 'ratio' ? thetaOf([...control.values, ...variant.values], measure) : 0;
    return [{ control: armOf(control, measure, theta), variant: armOf(variant, measure, theta) }];
  });
}

/** Of one user: from the exposure on (with the denominator of a ratio), and in the time before it. */
interface UserValues {
  post: number;
  of: number;
  pre: number;
}

function valuesOf({ value }: UserMeasure, { row, user }: Exposure, range: Bucket): UserValues {
  const after = value(user, { startMs: row.tsMs, endMs: range.endMs });
  const before = value(user, { startMs: row.tsMs - PRE_PERIOD_MS, endMs: row.tsMs });
  return { post: after.numerator, of: after.denominator, pre: before.numerator };
}

interface People {
  name: string;
  values: readonly UserValues[];
}

function armOf({ name, values }: People, measure: UserMeasure, theta: number): Arm {
  const n = values.length;
  const post = values.map((one) => one.post);
  const pre = values.map((one) => one.pre);
  const mean = divide(exactSum(post), n);
  if (measure.kind === 'ratio') return ratioArm(name, values);
  const { spread, together } = momentsOf(measure);
  return {
    name,
    n,
    mean,
    variance: spread(post) + theta ** 2 * spread(pre) - 2 * theta * together(post, pre),
    shift: theta * (divide(exactSum(pre), n) ?? 0),
  };
}

/**
 * Delta method for the quotient R of two sums over users: the variance of (numerator − R · denominator) ÷ mean
 * denominator, which is var(m) ÷ d² − 2 R cov(m, d) ÷ d² + R² var(d) ÷ d² without its loss of digits.
 */
function ratioArm(name: string, values: readonly UserValues[]): Arm {
  const n = values.length;
  const sumOf = exactSum(values.map((one) => one.of));
  const mean = divide(exactSum(values.map((one) => one.post)), sumOf);
  const residues = values.map(({ post, of }) => (post - (mean ?? 0) * of) / (sumOf / n));
  return { name, n, mean, variance: mean === null ? 0 : variance(residues), shift: 0 };
}

/** Of proportions without n − 1. */
function momentsOf({ kind }: UserMeasure) {
  if (kind === 'mean') return { spread: variance, together: covariance };
  const together = (a: readonly number[], b: readonly number[]): number => {
    const both = exactSum(a.map((number, index) => number * (b[index] ?? 0)));
    return both / a.length - (exactSum(a) / a.length) * (exactSum(b) / b.length);
  };
  return {
    spread: (a: readonly number[]) => (exactSum(a) / a.length) * (1 - exactSum(a) / a.length),
    together,
  };
}

/** How much of the value before is still in the value after, over both samples as one. */
function thetaOf(values: readonly UserValues[], measure: UserMeasure): number {
  const { spread, together } = momentsOf(measure);
  const post = values.map((one) => one.post);
  const pre = values.map((one) => one.pre);
  return spread(pre) > 0 && spread(post) > 0 ? together(post, pre) / spread(pre) : 0;
}
