import type { Breakdown, TrendSpec } from './types.ts';
import {
  type BreakdownValue,
  type Sized,
  bySize,
  compareValues,
  keyOf,
  limitOf,
  sizesOf,
  valueOf,
} from './breakdown.ts';
import { evaluate } from './formula.ts';
import { countedOf } from './measures.ts';
import type { Counted, Line, Outcome, Slot } from './outcome.ts';
import { type Question, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import { type Bucket, bucketsOf } from './zone.ts';

interface Period {
  compare: 'current' | 'previous';
  range: Bucket;
  slots: Slot[];
  total: Slot;
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

const EVERYTHING: Line = { has: () => true, hasApartFrom: () => () => true };

export function answerTrend(spec: TrendSpec, question: Question) {
  const { breakdown } = spec;
  const counted = spec.series.map((series) => countedOf(series, question));
  const lineRows = [...new Set(counted.flatMap((series) => series.lineRows))];
  const periods = periodsOf(spec, question, lineRows);
  const [current, previous] = periods;
  const draw = (line: Line, value: BreakdownValue | undefined, among: readonly Period[]) =>
    linesOf(spec, counted, line, among).map((drawn) =>
      value === undefined ? drawn : { ...drawn, breakdown: value },
    );
  const dates = {
    buckets: startsOf(current?.slots ?? []),
    ...(previous ? { previousBuckets: startsOf(previous.slots) } : {}),
  };
  if (!breakdown) return { ...dates, series: inOrder(draw(EVERYTHING, undefined, periods), []) };

  const ranked = rankedValues(current?.sizes ?? [], previous?.sizes ?? []);
  const drawn = ranked.slice(0, limitOf(breakdown));
  const others = ranked.slice(limitOf(breakdown));
  const lines = drawn.flatMap(({ value }) => {
    const occurs = periods.filter(({ sizes }) => sizes.some((size) => keyOf(size.value) === keyOf(value)));
    return draw(lineOf(breakdown, [value], question), value, occurs);
  });
  const series = inOrder(
    lines,
    drawn.map(({ value }) => value),
  );
  if (others.length === 0) return { ...dates, series };
  const rest = draw(
    lineOf(
      breakdown,
      others.map(({ value }) => value),
      question,
    ),
    undefined,
    periods,
  );
  return {
    ...dates,
    series,
    rest: {
      values: others.length,
      units: others.reduce((sum, { units }) => sum + units, 0),
      series: inOrder(rest, []),
    },
  };
}

const startsOf = (slots: readonly Slot[]): string[] =>
  slots.map(({ calendarBucket }) => new Date(calendarBucket.startMs).toISOString());

function periodsOf(spec: TrendSpec, question: Question, lineRows: readonly Row[]): Period[] {
  const toPeriod = (compare: Period['compare'], range: Bucket): Period => {
    const rows = lineRows.filter((row) => inSpan(row, range));
    const { breakdown } = spec;
    return {
      compare,
      range,
      slots: spec.display === 'total' ? [] : slotsOf(range, spec.interval ?? 'day', question),
      total: { interval: null, calendarBucket: range, inside: range },
      sizes: breakdown ? sizesOf(rows, (row) => valueOf(breakdown, row, question)) : [],
    };
  };
  const current = toPeriod('current', question.current);
  return question.previous ? [current, toPeriod('previous', question.previous)] : [current];
}

export function slotsOf(
  range: Bucket,
  interval: 'hour' | 'day' | 'week' | 'month',
  question: Question,
): Slot[] {
  return bucketsOf(range, interval, question.calendar).map((calendarBucket) => ({
    interval,
    calendarBucket,
    inside: {
      startMs: Math.max(calendarBucket.startMs, range.startMs),
      endMs: Math.min(calendarBucket.endMs, range.endMs),
    },
  }));
}

/** By size in the current period, then in the compared one, then by value. */
function rankedValues(current: readonly Sized[], previous: readonly Sized[]): Sized[] {
  const sizeIn = (sizes: readonly Sized[], { value }: Sized) =>
    sizes.find((size) => keyOf(size.value) === keyOf(value))?.units ?? 0;
  const later = previous.filter(({ value }) => !current.some((size) => keyOf(size.value) === keyOf(value)));
  const all = [...current, ...later.map(({ value }) => ({ value, units: 0 }))];
  return all.sort(
    (a, b) =>
      b.units - a.units ||
      sizeIn(previous, b) - sizeIn(previous, a) ||
      compareValues(a.value, b.value) ||
      bySize(a, b),
  );
}

function lineOf(breakdown: Breakdown, values: readonly BreakdownValue[], question: Question): Line {
  const keys = new Set(values.map(keyOf));
  const names = 'userProperty' in breakdown ? [] : [breakdown.property].flat();
  return {
    has: (row) => keys.has(keyOf(valueOf(breakdown, row, question))),
    hasApartFrom: (properties) => {
      const strip = (value: BreakdownValue): string =>
        keyOf([value].flat().filter((_, index) => !properties.includes(names[index] ?? '')));
      const stripped = new Set(values.map(strip));
      return (row) => stripped.has(strip(valueOf(breakdown, row, question)));
    },
  };
}

/** One line per series (or formula) and period. */
function linesOf(
  spec: TrendSpec,
  counted: readonly Counted[],
  line: Line,
  periods: readonly Period[],
): OracleLine[] {
  const { formulas = [] } = spec;
  return periods.flatMap((period) => {
    const drawn = counted.map(({ measure }, index) =>
      toLine(spec.series[index]?.name, period, (slot) => measure(line, slot)),
    );
    const lines =
      formulas.length === 0 ? drawn : formulas.map((formula) => combined(formula, drawn, period.compare));
    return spec.display === 'cumulative' ? lines.map(cumulated) : lines;
  });
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

/** Starts at 0 and adds what is defined; the sides and intervals of single buckets say nothing about a sum. */
function cumulated({ numerator: _n, denominator: _d, low: _l, high: _h, ...line }: OracleLine): OracleLine {
  let sum = 0;
  return { ...line, data: line.data.map((value) => (sum += value ?? 0)) };
}

/** Series or formula as asked, then breakdown values by size, current before previous. */
function inOrder(lines: OracleLine[], values: readonly BreakdownValue[]): OracleLine[] {
  const keys = values.map(keyOf);
  const perSeries = Map.groupBy(
    lines.map((line, index) => ({ line, index })),
    ({ line }) => JSON.stringify([line.breakdown ?? null, line.compare]),
  );
  const numbered = [...perSeries.values()].flatMap((group) =>
    group.map(({ line }, series) => ({ line, series })),
  );
  const rank = (line: OracleLine) => (line.breakdown === undefined ? 0 : keys.indexOf(keyOf(line.breakdown)));
  return numbered
    .sort(
      (a, b) =>
        a.series - b.series ||
        rank(a.line) - rank(b.line) ||
        (a.line.compare === b.line.compare ? 0 : a.line.compare === 'current' ? -1 : 1),
    )
    .map(({ line }) => line);
}
