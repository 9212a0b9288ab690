import { isMetricId } from '../../../shared/domain/metrics.ts';
import { AppError } from '../../../shared/errors.ts';
import type { TrendLine, TrendResult } from '../../../shared/query/answer.ts';
import { evaluateFormula, type Formula, parseFormula } from '../../../shared/query/formula.ts';
import type { Measure, TrendSeries, TrendSpec } from '../../../shared/query/kinds/trend.ts';
import { eventTypesOf } from '../plan/event-match.ts';
import { type GroupValue, keyOf, toBreakdownValue } from '../plan/grouping.ts';
import { planMeasure, type SeriesContext } from '../plan/measures.ts';
import { planMetric } from '../plan/metrics.ts';
import type { Pace } from '../plan/pace.ts';
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
    ...(await arrangeLines(question, spec, periods)),
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
async function arrangeLines(
  { pace }: Question,
  spec: TrendSpec,
  periods: readonly ComputedPeriod[],
): Promise<Pick<TrendResult, 'series' | 'rest'>> {
  const rows = rowsOf(spec, periods[0]);
  const linesOf = async (row: Row, set: GroupSet, of = periods): Promise<TrendLine[]> => {
    const lines: TrendLine[] = [];
    for (const period of of) {
      lines.push(lineOf(spec, row, period, set));
      await pace.breathe();
    }
    return lines;
  };
  if (spec.breakdown === null) {
    const set = everything();
    return { series: await inOrder(rows, (row) => linesOf(row, set)) };
  }
  const values = await valuesBySize(periods, pace);
  const [drawn, others] = [values.slice(0, spec.breakdown.limit), values.slice(spec.breakdown.limit)];
  refuseTooLarge(rows.length * drawn.length, periods);
  const drawnSets = drawn.map((value) => ({ value, set: setOfValues([value]) }));
  const series = await inOrder(rows, (row) =>
    inOrder(drawnSets, async ({ value, set }) => {
      const occurring = periods.filter(({ keys }) => keys.has(keyOf(value)));
      const lines = await linesOf(row, set, occurring);
      return lines.map((line) => ({ ...line, breakdown: toBreakdownValue(value) }));
    }),
  );
  if (others.length === 0) return { series };
  const rest = setOfValues(others);
  return {
    series,
    rest: {
      values: others.length,
      units: sizeOf(periods[0], rest),
      series: await inOrder(rows, (row) => linesOf(row, rest)),
    },
  };
}

async function inOrder<T, U>(items: readonly T[], make: (item: T) => Promise<U[]>): Promise<U[]> {
  const made: U[] = [];
  for (const item of items) made.push(...(await make(item)));
  return made;
}

const MOST_NUMBERS = 2_000_000; // 16 MB of one kind; nobody reads more lines than that

function refuseTooLarge(lines: number, periods: readonly ComputedPeriod[]): void {
  const numbers = lines * periods.reduce((sum, { period }) => sum + period.axis.buckets, 0);
  if (numbers <= MOST_NUMBERS) return;
  const message = `the answer would hold ${numbers} numbers, at most ${MOST_NUMBERS} are sent; ask for fewer lines or longer buckets`;
  throw new AppError('too-large', message);
}

/** Values of the current period by size, then those that only the compared one has. */
async function valuesBySize(periods: readonly ComputedPeriod[], pace: Pace): Promise<GroupValue[]> {
  const ordered: GroupValue[] = [];
  for (const period of periods) {
    const sized: { value: GroupValue; size: number }[] = [];
    for (const value of missingFrom(ordered, period.values)) {
      sized.push({ value, size: sizeOf(period, setOfValues([value])) });
      await pace.breathe();
    }
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
