import { toLocalTime } from '../../shared/format/local-time.ts';
import type { AnswerOf, BreakdownValue, TrendLine } from '../../shared/query/answer.ts';
import type { QuestionState } from '../link/coordinator.ts';
import { firstOpenBucket } from './open-bucket.ts';

/** A trend's answer as columns, one per named series, with what it is compared with beside it. */

export interface TrendColumn {
  values: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  numerator: (number | null)[];
  denominator: (number | null)[];
  total: number | null;
  totalLow: number | null;
  totalHigh: number | null;
  totalNumerator: number | null;
  totalDenominator: number | null;
}

export interface ComparedColumn extends TrendColumn {
  previous: TrendColumn | null;
}

export interface TrendColumns {
  /** Local dates; of hours with the time: `2026-11-19 09:00`. */
  dates: string[];
  previousDates: string[];
  isPartial: boolean[];
  /** First bucket after the watermark of a late source; null where all are complete. */
  watermarkIndex: number | null;
  columnOf: (name: string) => ComparedColumn | null;
}

export interface TrendGroup {
  value: BreakdownValue;
  columnOf: (name: string) => ComparedColumn | null;
}

export const trendIn = ({ good }: QuestionState): AnswerOf<'trend'> | null =>
  good?.answer.kind === 'trend' ? good.answer : null;

export function trendColumns(answer: AnswerOf<'trend'>): TrendColumns {
  const { buckets, previousBuckets = [], series } = answer.result;
  return {
    dates: bucketNames(buckets, answer.zone),
    previousDates: bucketNames(previousBuckets, answer.zone),
    isPartial: partialFlags(buckets, answer),
    watermarkIndex: answer.fresh ? null : firstOpenBucket(buckets, answer.completeTo),
    columnOf: columnsByName(series),
  };
}

/** Local dates of buckets; of hours with the time. */
export function bucketNames(buckets: readonly string[], zone: string): string[] {
  const isHourly = areHours(buckets);
  return buckets.map((bucket) => {
    const { date, time } = toLocalTime(bucket, zone);
    return isHourly ? `${date} ${time}` : date;
  });
}

/** Buckets that are still open, as the answer lists them: hours by their instant, others by their first day. */
export function partialFlags(
  buckets: readonly string[],
  { partial, zone }: Pick<AnswerOf<'trend'>, 'partial' | 'zone'>,
): boolean[] {
  const open = new Set(partial);
  const isHourly = areHours(buckets);
  const names = bucketNames(buckets, zone);
  return buckets.map((bucket, index) => open.has(bucket) || (!isHourly && open.has(names[index] ?? '')));
}

const DAY_MS = 86_400_000;

const areHours = ([first = '', second = '']: readonly string[]): boolean =>
  Date.parse(second) - Date.parse(first) < DAY_MS / 2;

/** One group per value of the breakdown, in the order of the answer; values that only occurred before close the list. */
export function trendGroups({ result }: AnswerOf<'trend'>): TrendGroup[] {
  const byValue = new Map<string, TrendLine[]>();
  for (const line of result.series) {
    const key = JSON.stringify(line.breakdown ?? null);
    byValue.set(key, [...(byValue.get(key) ?? []), line]);
  }
  const groups = [...byValue.values()].map((lines) => ({
    value: lines[0]?.breakdown ?? null,
    columnOf: columnsByName(lines),
    isCurrent: lines.some(({ compare }) => compare === 'current'),
  }));
  return groups.toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent));
}

const columnsByName =
  (series: readonly TrendLine[]) =>
  (name: string): ComparedColumn | null => {
    const find = (compare: 'current' | 'previous') =>
      series.find((line) => line.name === name && line.compare === compare);
    const [current, previous] = [find('current'), find('previous')];
    if (current === undefined && previous === undefined) return null;
    return { ...columnOf(current), previous: previous === undefined ? null : columnOf(previous) };
  };

const columnOf = (line: TrendLine | undefined): TrendColumn => ({
  values: line?.data ?? [],
  low: line?.low ?? [],
  high: line?.high ?? [],
  numerator: line?.numerator ?? [],
  denominator: line?.denominator ?? [],
  total: line?.total ?? null,
  totalLow: line?.totalLow ?? null,
  totalHigh: line?.totalHigh ?? null,
  totalNumerator: line?.totalNumerator ?? null,
  totalDenominator: line?.totalDenominator ?? null,
});

/** The value and what it was over buckets that are complete and have a counterpart: like is compared with like. */
export interface Change {
  now: number;
  before: number;
}

/** Of numbers that add up over buckets. */
export function changeOfSum(column: ComparedColumn | null, isPartial: readonly boolean[]): Change | null {
  const compared = comparedBuckets(column, isPartial);
  if (column?.previous == null || compared.length === 0) return null;
  return { now: sumAt(column.values, compared), before: sumAt(column.previous.values, compared) };
}

/** Of ratios: numerators over denominators. */
export function changeOfRatio(column: ComparedColumn | null, isPartial: readonly boolean[]): Change | null {
  const compared = comparedBuckets(column, isPartial);
  if (column?.previous == null) return null;
  const over = ({ numerator, denominator }: TrendColumn): number =>
    sumAt(numerator, compared) / sumAt(denominator, compared);
  const change = { now: over(column), before: over(column.previous) };
  return Number.isFinite(change.now) && Number.isFinite(change.before) ? change : null;
}

function comparedBuckets(column: ComparedColumn | null, isPartial: readonly boolean[]): number[] {
  const before = column?.previous?.values.length ?? 0;
  return (column?.values ?? [])
    .map((_, index) => index)
    .filter((index) => isPartial[index] !== true && index < before);
}

const sumAt = (values: readonly (number | null)[], indexes: readonly number[]): number =>
  indexes.reduce((sum, index) => sum + (values[index] ?? 0), 0);
