import type { EventRef } from '../../../shared/query/filter.ts';
import type { Measure, TrendSeries } from '../../../shared/query/kinds/trend.ts';
import { type Calendar, bucketStartMs, bucketBoundaries } from '../../../shared/time/buckets.ts';
import { trailingDistinct } from '../kernels/js/trailing.ts';
import { type Axis, axisOf, bucketAt, wholeAxis } from './axis.ts';
import { userIds } from './id-source.ts';
import type { Period } from './period.ts';
import { collectNumbers, countDistinct, countEvents, type Part, sumNumbers } from './quantity.ts';
import { type GroupSpace, type GroupSet, type Question } from './question.ts';
import { ratioPoint, type SeriesPlan } from './series.ts';
import { sessionIds } from './session-ids.ts';

/** Everything that a series is planned from. */
export interface SeriesContext {
  question: Question;
  period: Period;
  space: GroupSpace;
}

export type PlannedMeasure = Omit<SeriesPlan, 'name'>;

/** The measures of QUERY.md that are no metrics. */
export async function planMeasure(
  context: SeriesContext,
  series: TrendSeries,
  measure: Measure,
): Promise<PlannedMeasure> {
  const part = partOf(context, series);
  const property = series.property ?? '';
  switch (measure) {
    case 'events':
      return planEvents(part);
    case 'users':
      return planUsers(part);
    case 'sessions':
      return planDistinct(part, await sessionIds(context.question));
    case 'weekly_active':
      return planTrailing(context, series, 7);
    case 'monthly_active':
      return planTrailing(context, series, 30);
    case 'sum':
    case 'mean':
      return planSum(part, property, measure);
    case 'min':
    case 'max':
    case 'quantile':
      return planOrder(part, property, measure === 'quantile' ? (series.q ?? 0) : measure);
    case 'ratio':
      return planRatio(part, { ...part, ref: series.of ?? {} });
  }
}

export const partOf = ({ question, period, space }: SeriesContext, ref: EventRef): Part => ({
  question,
  space,
  axis: period.axis,
  ref: { event: ref.event, filters: ref.filters, anyOf: ref.anyOf },
});

export function planEvents(part: Part): PlannedMeasure {
  const events = countEvents(part);
  return {
    scans: events.scans,
    point: (set, bucket) => ({ value: events.at(set, bucket) }),
    units: (set) => events.at(set, null),
  };
}

export const planUsers = (part: Part): PlannedMeasure => planDistinct(part, userIds(part.question.view));

function planDistinct(part: Part, ids: Parameters<typeof countDistinct>[1]): PlannedMeasure {
  const distinct = countDistinct(part, ids);
  return {
    scans: distinct.scans,
    point: (set, bucket) => ({ value: distinct.at(set, bucket) }),
    units: (set) => distinct.at(set, null),
  };
}

function planSum(part: Part, property: string, measure: 'sum' | 'mean'): PlannedMeasure {
  const numbers = sumNumbers(part, property);
  return {
    scans: numbers.scans,
    point(set, bucket) {
      const { sum, count } = numbers.at(set, bucket);
      return measure === 'sum' ? { value: sum } : ratioPoint(sum, count);
    },
    units: (set) => numbers.at(set, null).count,
  };
}

export function planOrder(part: Part, property: string, pick: 'min' | 'max' | number): PlannedMeasure {
  const { cells, groups, scans } = collectNumbers(part, property);
  const valueAt = (set: GroupSet, bucket: number | null): number | null => {
    const ids = set.idsIn(groups);
    if (pick === 'min') return cells.smallest(ids, bucket);
    return pick === 'max' ? cells.largest(ids, bucket) : cells.quantile(ids, bucket, pick);
  };
  return {
    scans,
    point: (set, bucket) => ({ value: valueAt(set, bucket) }),
    units: (set) => cells.count(set.idsIn(groups), null),
  };
}

function planRatio(of: Part, to: Part): PlannedMeasure {
  const [numerator, denominator] = [countEvents(of), countEvents(to)];
  return {
    scans: [...numerator.scans, ...denominator.scans],
    point: (set, bucket) => ratioPoint(numerator.at(set, bucket), denominator.at(set, bucket)),
    units: (set) => denominator.at(set, null),
  };
}

/**
 * Distinct users of a day and the `days − 1` before it, of an hour of as many hours as those days have, also before
 * the range; buckets of a week or longer are plain users of the range. The total is that of the last day.
 */
export function planTrailing(context: SeriesContext, ref: EventRef, days: number): PlannedMeasure {
  const total = trailingTotal(context, ref, days);
  const buckets = isShort(context.period)
    ? trailingBuckets(context, ref, days)
    : planUsers(partOf(context, ref));
  return {
    scans: [...buckets.scans, ...total.scans],
    point: (set, bucket) => (bucket === null ? total.point(set, null) : buckets.point(set, bucket)),
    units: (set) => total.units(set),
  };
}

const isShort = ({ interval }: Period): boolean => interval === 'hour' || interval === 'day';

/** Users of the `days` days that end with the last day of the range; one bucket. */
export function trailingTotal(context: SeriesContext, ref: EventRef, days: number): PlannedMeasure {
  const { period } = context;
  const axis = wholeAxis(trailingStartMs(period, period.endMs, days), period.endMs);
  return planUsers({ ...partOf(context, ref), axis, occursFromMs: Math.max(period.startMs, axis.fromMs) });
}

/** Start of the day that lies `days − 1` days before the one that ends at, or holds, the instant before `endMs`. */
function trailingStartMs({ calendar, startMs }: Period, endMs: number, days: number): number {
  if (endMs <= startMs) return endMs;
  const { zone } = calendar;
  const lastDay = zone.dayIndexAt(bucketStartMs(calendar, 'day', endMs - 1));
  return zone.startOfDayMs(lastDay - (days - 1));
}

/** Every bucket with those before it. */
export function trailingBuckets(context: SeriesContext, ref: EventRef, days: number): PlannedMeasure {
  const { question, period } = context;
  const { axis, width } = trailingAxis(period, days);
  const distinct = countDistinct(
    { ...partOf(context, ref), axis, occursFromMs: period.startMs },
    userIds(question.view),
  );
  const countsBySet = new Map<GroupSet, Float64Array>();
  const countsOf = (set: GroupSet): Float64Array => {
    const known = countsBySet.get(set);
    if (known !== undefined) return known;
    const counts = trailingDistinct(distinct.cells, set.idsIn(distinct.groups), axis.buckets, width);
    countsBySet.set(set, counts);
    return counts;
  };
  const positions = period.axis.boundaries
    .slice(0, period.axis.buckets)
    .map((startMs) => bucketAt(axis, startMs));
  return {
    scans: distinct.scans,
    point: (set, bucket) => ({
      value: bucket === null ? null : (countsOf(set)[positions[bucket] ?? 0] ?? 0),
    }),
    units: (set) => distinct.at(set, null),
  };
}

/** The hours or days of the period with as many before them as a window of `days` looks back. */
function trailingAxis(period: Period, days: number): { axis: Axis; width: number } {
  const { calendar, axis, endMs } = period;
  const [firstMs] = axis.boundaries;
  if (firstMs === undefined) return { axis, width: 1 };
  const isHourly = period.interval === 'hour';
  const width = isHourly ? days * HOURS_PER_DAY : days;
  const boundaries = isHourly
    ? [...hoursBefore(calendar, firstMs, width - 1), ...axis.boundaries]
    : daysWithMissing(calendar, calendar.zone.dayIndexAt(firstMs) - (days - 1), endMs);
  return { axis: axisOf(boundaries, boundaries[0] ?? firstMs, endMs), width };
}

const HOURS_PER_DAY = 24;
const HOUR_MS = 3_600_000;

function hoursBefore(calendar: Calendar, untilMs: number, count: number): number[] {
  const boundaries = bucketBoundaries(calendar, 'hour', untilMs - (count + 2) * HOUR_MS, untilMs);
  return boundaries.filter((tsMs) => tsMs < untilMs).slice(-count);
}

/** One bucket per date, an empty one for a date that never was: so many days before are so many dates before. */
function daysWithMissing({ zone }: Calendar, firstDay: number, endMs: number): number[] {
  const boundaries = [zone.startOfDayMs(firstDay)];
  for (let day = firstDay + 1; (boundaries.at(-1) ?? endMs) < endMs; day++)
    boundaries.push(zone.startOfDayMs(day));
  return boundaries;
}
