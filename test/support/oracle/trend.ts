import type { TrendSpec } from './types.ts';
import {
  type BreakdownValue,
  type Naming,
  type Sized,
  bySize,
  distinctValues,
  keyOf,
  limitOf,
  namingOf,
} from './breakdown.ts';
import { exactSum } from './exact.ts';
import { evaluate } from './formula.ts';
import { EVERYTHING, lineOf } from './line.ts';
import { countedOf } from './measures.ts';
import type { Counted, Line, Outcome, Slot } from './outcome.ts';
import type { Question } from './question.ts';
import { slotsOf } from './slots.ts';
import type { Bucket } from './zone.ts';

interface Period {
  compare: 'current' | 'previous';
  /** None where only totals are asked. */
  slots: Slot[];
  total: Slot;
  /** Breakdown values that occur. */
  sizes: Sized[];
}

interface OracleLine {
  name: string | undefined;
  breakdown?: BreakdownValue;
  compare: 'current' | 'previous';
  data: (number | null)[];
  total: number | null;
  numerator?: (number | null)[];
  denominator?: (number | null)[];
  totalNumerator?: number | null;
  totalDenominator?: number | null;
  low?: (number | null)[];
  high?: (number | null)[];
  totalLow?: number | null;
  totalHigh?: number | null;
  comparable?: number | null;
}

export function answerTrend(spec: TrendSpec, question: Question) {
  const { breakdown } = spec;
  const counted = spec.series.map((series) => countedOf(series, question));
  const naming = breakdown ? namingOf(breakdown, question) : null;
  const periods = periodsOf(spec, question, { counted, naming });
  const [current, previous] = periods;
  const dates = {
    buckets: startsOf(current?.slots ?? []),
    ...(previous ? { previousBuckets: startsOf(previous.slots) } : {}),
  };
  if (!breakdown || !naming) return { ...dates, series: linesOf(spec, counted, EVERYTHING, periods).flat() };

  const ranked = rankedValues(current?.sizes ?? [], previous?.sizes ?? []);
  const drawn = ranked.slice(0, limitOf(breakdown));
  const others = ranked.slice(limitOf(breakdown)).map(({ value }) => value);
  const linesByValue = drawn.map(({ value }) => {
    const occurs = periods.filter(({ sizes }) => sizes.some((size) => keyOf(size.value) === keyOf(value)));
    const bySeries = linesOf(spec, counted, lineOf(naming, [value]), occurs);
    return bySeries.map((lines) => lines.map((line) => ({ ...line, breakdown: value })));
  });
  const { formulas = [] } = spec;
  const count = formulas.length > 0 ? formulas.length : spec.series.length;
  const series = Array.from({ length: count }, (_, index) =>
    linesByValue.flatMap((lines) => lines[index] ?? []),
  );
  const result = { ...dates, series: series.flat() };
  if (others.length === 0) return result;
  const rest = lineOf(naming, others);
  return {
    ...result,
    rest: {
      values: others.length,
      units: current ? unitsOf(counted, rest, current.total) : 0,
      series: linesOf(spec, counted, rest, periods).flat(),
    },
  };
}

const startsOf = (slots: readonly Slot[]): string[] =>
  slots.map(({ calendarBucket }) => new Date(calendarBucket.startMs).toISOString());

interface Counting {
  counted: readonly Counted[];
  naming: Naming | null;
}

function periodsOf(spec: TrendSpec, question: Question, { counted, naming }: Counting): Period[] {
  const toPeriod = (compare: Period['compare'], range: Bucket): Period => {
    for (const { check } of counted) check?.(naming, range);
    const total: Slot = { interval: null, calendarBucket: range, inside: range, range };
    const values = naming ? distinctValues(counted.flatMap((series) => series.values(naming, range))) : [];
    return {
      compare,
      slots: spec.display === 'total' ? [] : slotsOf(range, spec.interval ?? 'day', question),
      total,
      sizes: naming
        ? values.map((value) => ({ value, units: unitsOf(counted, lineOf(naming, [value]), total) }))
        : [],
    };
  };
  const current = toPeriod('current', question.current);
  return question.previous ? [current, toPeriod('previous', question.previous)] : [current];
}

/** Units of every series together. */
const unitsOf = (counted: readonly Counted[], line: Line, total: Slot): number =>
  counted.reduce((sum, { units }) => sum + units(line, total), 0);

/** Values of the current period by size, then those that only the compared one has, by their size there. */
function rankedValues(current: readonly Sized[], previous: readonly Sized[]): Sized[] {
  const later = previous.filter(({ value }) => !current.some((size) => keyOf(size.value) === keyOf(value)));
  return [...[...current].sort(bySize), ...later.sort(bySize)];
}

/** Per series (or formula) one line for each period. */
function linesOf(
  spec: TrendSpec,
  counted: readonly Counted[],
  line: Line,
  periods: readonly Period[],
): OracleLine[][] {
  const { formulas = [] } = spec;
  const drawn = counted.map(({ measure }, index) =>
    periods.map((period) => toLine(spec.series[index]?.name, period, (slot) => measure(line, slot))),
  );
  const lines =
    formulas.length === 0
      ? drawn
      : formulas.map((formula) =>
          periods.map(({ compare }, period) =>
            combined(
              formula,
              drawn.flatMap((ofSeries) => ofSeries[period] ?? []),
              compare,
            ),
          ),
        );
  return spec.display === 'cumulative' ? lines.map((ofSeries) => ofSeries.map(cumulated)) : lines;
}

function toLine(name: string | undefined, period: Period, measure: (slot: Slot) => Outcome): OracleLine {
  const points = period.slots.map(measure);
  const total = measure(period.total);
  const line: OracleLine = {
    name,
    compare: period.compare,
    data: points.map(({ value }) => value),
    total: total.value,
  };
  if (total.denominator !== undefined) {
    line.numerator = points.map(({ numerator = null }) => numerator);
    line.denominator = points.map(({ denominator = null }) => denominator);
    line.totalNumerator = total.numerator ?? null;
    line.totalDenominator = total.denominator;
  }
  if (total.low !== undefined) {
    line.low = points.map(({ low = null }) => low);
    line.high = points.map(({ high = null }) => high);
    line.totalLow = total.low;
    line.totalHigh = total.high ?? null;
  }
  if (total.comparable !== undefined) line.comparable = total.comparable;
  return line;
}

const combined = (formula: string, lines: readonly OracleLine[], compare: Period['compare']): OracleLine => ({
  name: formula,
  compare,
  data: (lines[0]?.data ?? []).map((_, index) =>
    evaluate(
      formula,
      lines.map(({ data }) => data[index] ?? null),
    ),
  ),
  total: evaluate(
    formula,
    lines.map(({ total }) => total),
  ),
});

/** Starts at 0 and adds what is defined; sides and intervals of single buckets say nothing about a sum. */
function cumulated({ numerator: _n, denominator: _d, low: _l, high: _h, ...line }: OracleLine): OracleLine {
  const defined = line.data.map((value) => value ?? 0);
  return { ...line, data: defined.map((_, index) => exactSum(defined.slice(0, index + 1))) };
}
