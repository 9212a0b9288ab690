import { isMetricId } from '../../../shared/domain/metrics.ts';
import { AppError } from '../../../shared/errors.ts';
import type { TrendLine, TrendResult } from '../../../shared/query/answer.ts';
import { evaluateFormula, type Formula, parseFormula } from '../../../shared/query/formula.ts';
import type { Measure, TrendSeries, TrendSpec } from '../../../shared/query/spec.ts';
import { eventTypesOf } from '../plan/event-match.ts';
import { type GroupValue, keyOf, toBreakdownValue } from '../plan/grouping.ts';
import { planMeasure, type SeriesContext } from '../plan/measures.ts';
import { planMetric } from '../plan/metrics.ts';
import { bucketInstants, comparedPeriod, type Period, type PeriodOptions, periodOf } from '../plan/period.ts';
import { everything, type GroupSet, GroupSpace, type Question, setOfValues } from '../plan/question.ts';
import { runScans } from '../plan/scan.ts';
import type { SeriesPlan } from '../plan/series.ts';
import { accumulate, type LinePoints, toLine } from './lines.ts';
import { bySize, missingFrom } from './order.ts';

/** One period, computed: ask any line of it. */
interface ComputedPeriod {
  period: Period;
  compare: TrendLine['compare'];
  plans: SeriesPlan[];
  /** Breakdown values that occur in it, in any of the series. */
  values: GroupValue[];
  keys: ReadonlySet<string>;
}

export async function answerTrend(
  question: Question,
  spec: TrendSpec,
  options: PeriodOptions,
): Promise<TrendResult> {
  const current = periodOf(spec.range, options);
  const compared = spec.compare === null ? null : comparedPeriod(spec.compare, spec.range, options);
  const periods = [await computePeriod(question, spec, current, 'current')];
  if (compared !== null) periods.push(await computePeriod(question, spec, compared, 'previous'));
  const wholes = spec.display === 'total';
  return {
    buckets: wholes ? [] : bucketInstants(current),
    ...(compared === null ? {} : { previousBuckets: wholes ? [] : bucketInstants(compared) }),
    ...arrangeLines(spec, periods),
  };
}

async function computePeriod(
  question: Question,
  spec: TrendSpec,
  period: Period,
  compare: TrendLine['compare'],
): Promise<ComputedPeriod> {
  const space = new GroupSpace(question.breakdown);
  const plans: SeriesPlan[] = [];
  for (const [index, series] of spec.series.entries()) {
    plans.push(await planSeries({ question, period, space }, series, `series[${index}]`));
  }
  await runScans(
    question,
    plans.flatMap(({ scans }) => scans),
  );
  for (const plan of plans) plan.finish?.();
  const { grouping } = space.full;
  const values =
    spec.breakdown === null ? [[]] : grouping.values.filter((_value, group) => grouping.occurs(group));
  return { period, compare, plans, values, keys: new Set(values.map(keyOf)) };
}

async function planSeries(context: SeriesContext, series: TrendSeries, path: string): Promise<SeriesPlan> {
  const { measure } = series;
  const planned = isMetricId(measure)
    ? await planMetric(context, series, measure, path)
    : await planMeasure(context, series, measure as Measure);
  return { name: nameOf(series), ...planned };
}

function nameOf(series: TrendSeries): string {
  if (series.name !== undefined) return series.name;
  if (isMetricId(series.measure)) return series.measure;
  return eventTypesOf(series)?.join(', ') ?? 'any event';
}

/** Lines in order: series or formula, then breakdown value by size, current before previous; the rest summed up. */
function arrangeLines(
  spec: TrendSpec,
  periods: readonly ComputedPeriod[],
): Pick<TrendResult, 'series' | 'rest'> {
  const rows = rowsOf(spec, periods[0]);
  if (spec.breakdown === null) {
    const set = everything();
    return { series: rows.flatMap((row) => periods.map((period) => lineOf(spec, row, period, set))) };
  }
  const values = valuesBySize(periods);
  const [drawn, others] = [values.slice(0, spec.breakdown.limit), values.slice(spec.breakdown.limit)];
  const drawnSets = drawn.map((value) => ({ value, set: setOfValues([value]) }));
  const series = rows.flatMap((row) =>
    drawnSets.flatMap(({ value, set }) =>
      periods
        .filter(({ keys }) => keys.has(keyOf(value)))
        .map((period) => ({ ...lineOf(spec, row, period, set), breakdown: toBreakdownValue(value) })),
    ),
  );
  if (others.length === 0) return { series };
  const rest = setOfValues(others);
  return {
    series,
    rest: {
      values: others.length,
      units: sizeOf(periods[0], rest),
      series: rows.flatMap((row) => periods.map((period) => lineOf(spec, row, period, rest))),
    },
  };
}

/** Values of the current period by size, then those that only the compared one has. */
function valuesBySize(periods: readonly ComputedPeriod[]): GroupValue[] {
  const ordered: GroupValue[] = [];
  for (const period of periods) {
    const sized = missingFrom(ordered, period.values).map((value) => ({
      value,
      size: sizeOf(period, setOfValues([value])),
    }));
    ordered.push(...sized.sort(bySize).map(({ value }) => value));
  }
  return ordered;
}

const sizeOf = (period: ComputedPeriod | undefined, set: GroupSet): number =>
  (period?.plans ?? []).reduce((sum, plan) => sum + plan.units(set), 0);

/** What a line shows: a series, or a formula over all of them. */
interface Row {
  name: string;
  pointsOf: (plans: readonly SeriesPlan[], set: GroupSet, buckets: number) => LinePoints;
}

function rowsOf(spec: TrendSpec, period: ComputedPeriod | undefined): Row[] {
  if (spec.formulas.length > 0)
    return spec.formulas.map((text, index) => formulaRow(text, index, spec.series.length));
  return (period?.plans ?? []).map(({ name }, index) => ({
    name,
    pointsOf: (plans, set, buckets) => seriesPoints(plans[index], set, buckets),
  }));
}

function seriesPoints(plan: SeriesPlan | undefined, set: GroupSet, buckets: number): LinePoints {
  if (plan === undefined) throw new AppError('internal', 'a series was not planned');
  return {
    buckets: Array.from({ length: buckets }, (_, bucket) => plan.point(set, bucket)),
    total: plan.point(set, null),
  };
}

function formulaRow(text: string, index: number, seriesCount: number): Row {
  const parsed = parseFormula(text, seriesCount);
  if (!parsed.ok)
    throw new AppError('bad-input', `formulas[${index}]: ${parsed.message}`, { path: `formulas[${index}]` });
  return {
    name: text,
    pointsOf: (plans, set, buckets) => formulaPoints(parsed.formula, plans, set, buckets),
  };
}

function formulaPoints(
  formula: Formula,
  plans: readonly SeriesPlan[],
  set: GroupSet,
  buckets: number,
): LinePoints {
  const valueAt = (bucket: number | null) => ({
    value: evaluateFormula(
      formula,
      plans.map((plan) => plan.point(set, bucket).value),
    ),
  });
  return { buckets: Array.from({ length: buckets }, (_, bucket) => valueAt(bucket)), total: valueAt(null) };
}

function lineOf(
  spec: TrendSpec,
  row: Row,
  { plans, period, compare }: ComputedPeriod,
  set: GroupSet,
): TrendLine {
  const buckets = spec.display === 'total' ? 0 : period.axis.buckets;
  const line = toLine(row.pointsOf(plans, set, buckets));
  return { name: row.name, compare, ...(spec.display === 'cumulative' ? accumulate(line) : line) };
}
