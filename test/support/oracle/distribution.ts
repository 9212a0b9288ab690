import { divide, exactSum, quantile } from './exact.ts';
import { expanded } from './expand.ts';
import { fits, toRef } from './filter.ts';
import { defaultBins } from './histogram.ts';
import { variance } from './moments.ts';
import { IGNORES_NOTHING, type Line } from './outcome.ts';
import { tQuantile } from './distributions.ts';
import { type Question, inSpan } from './question.ts';
import { type Row, numberOf } from './rows.ts';
import type { DistributionSpec } from './types.ts';
import type { Bucket } from './zone.ts';

const QUANTILES = [0.5, 0.95, 0.99];

/** How the numbers of a property are spread. */
export function answerDistribution(spec: DistributionSpec, question: Question): object {
  const ref = toRef(spec.event);
  const matching = question.rows.filter((row) => question.takes(row) && fits(ref, row));
  const onLine = (range: Bucket, line: Line): Row[] =>
    matching.filter((row) => inSpan(row, range) && line.has(row, IGNORES_NOTHING));
  const numbersOf = (rows: readonly Row[]): number[] =>
    rows.map((row) => numberOf(row, spec.property)).filter((number) => number !== null);

  return expanded(
    {
      answer: (range, line) => {
        const rows = onLine(range, line);
        const numbers = numbersOf(rows);
        return { ...summaryOf(numbers, spec), missing: rows.length - numbers.length };
      },
      values: (naming, range) => matching.filter((row) => inSpan(row, range)).map(naming.of),
      units: (line, range) => numbersOf(onLine(range, line)).length,
    },
    spec.breakdown,
    question,
  );
}

function summaryOf(numbers: readonly number[], { quantiles = QUANTILES, bins = null }: DistributionSpec) {
  const n = numbers.length;
  const sum = exactSum(numbers);
  const mean = divide(sum, n);
  return {
    n,
    sum,
    mean,
    mean_interval: mean === null || n < 2 ? null : intervalOf(mean, numbers),
    min: n === 0 ? null : numbers.reduce((a, b) => Math.min(a, b)),
    max: n === 0 ? null : numbers.reduce((a, b) => Math.max(a, b)),
    quantiles: quantiles.map((q) => ({ q, value: quantile(numbers, q) })),
    bins: n === 0 ? [] : binsOf(numbers, bins ?? defaultBins(n)),
  };
}

function intervalOf(mean: number, numbers: readonly number[]): [number, number] {
  const n = numbers.length;
  const half = tQuantile(0.975, n - 1) * Math.sqrt(variance(numbers) / n);
  return [mean - half, mean + half];
}

/** A number lies in the last bin that does not begin above it, as the answered edges say. */
function binsOf(numbers: readonly number[], bins: number) {
  const min = numbers.reduce((a, b) => Math.min(a, b));
  const max = numbers.reduce((a, b) => Math.max(a, b));
  if (min === max) return [{ from: min, to: max, count: numbers.length }];
  const width = (max - min) / bins;
  const edges = Array.from({ length: bins + 1 }, (_, bin) => (bin === bins ? max : min + bin * width));
  const binOf = (number: number) => edges.slice(0, bins).findLastIndex((edge) => edge <= number);
  return edges.slice(0, bins).map((from, bin) => ({
    from,
    to: edges[bin + 1] ?? max,
    count: numbers.filter((number) => binOf(number) === bin).length,
  }));
}
