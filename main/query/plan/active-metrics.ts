import type { EventRef } from '../../../shared/query/filter.ts';
import { bucketBoundaries, bucketStartMs } from '../../../shared/time/buckets.ts';
import type { DistinctCells } from '../kernels/js/id-set.ts';
import { type Axis, axisOf, wholeAxis } from './axis.ts';
import { userIds } from './id-source.ts';
import {
  type PlannedMeasure,
  partOf,
  type SeriesContext,
  trailingBuckets,
  trailingTotal,
} from './measures.ts';
import type { Period } from './period.ts';
import { countDistinct } from './quantity.ts';
import { ratioPoint } from './series.ts';

/**
 * Distinct users of a day, also where the range begins inside it; of an hour of the 24 hours ending with it; of a week
 * or month of its last day.
 */
export const planDaily = (context: SeriesContext, ref: EventRef): PlannedMeasure =>
  planTrailingAnywhere(context, ref, 1);

/** DAU ÷ MAU, both of the same day. */
export function planStickiness(context: SeriesContext, ref: EventRef): PlannedMeasure {
  const daily = planDaily(context, ref);
  const monthly = planTrailingAnywhere(context, ref, 30);
  return {
    scans: [...daily.scans, ...monthly.scans],
    point: (set, bucket) =>
      ratioPoint(daily.point(set, bucket).value ?? 0, monthly.point(set, bucket).value ?? 0, {
        wilson: true,
      }),
    units: monthly.units,
  };
}

/** Trailing users of every bucket; a week or month shows its last day, as the total shows that of the range. */
function planTrailingAnywhere(context: SeriesContext, ref: EventRef, days: number): PlannedMeasure {
  const total = trailingTotal(context, ref, days);
  const { period } = context;
  if (period.interval === 'hour' || period.interval === 'day')
    return join(trailingBuckets(context, ref, days), total);
  const daily: Period = { ...period, interval: 'day', axis: daysOf(period) };
  const byDay = trailingBuckets({ ...context, period: daily }, ref, days);
  const lastDays = lastDayOfBuckets(period, daily.axis);
  return join({ ...byDay, point: (set, bucket) => byDay.point(set, lastDays[bucket ?? 0] ?? null) }, total);
}

function join(buckets: PlannedMeasure, total: PlannedMeasure): PlannedMeasure {
  return {
    scans: [...buckets.scans, ...total.scans],
    point: (set, bucket) => (bucket === null ? total.point(set, null) : buckets.point(set, bucket)),
    units: total.units,
  };
}

function daysOf({ calendar, startMs, endMs }: Period): Axis {
  return axisOf(bucketBoundaries(calendar, 'day', startMs, endMs), startMs, endMs);
}

function lastDayOfBuckets({ axis }: Period, days: Axis): number[] {
  return axis.boundaries.slice(1).map((endMs) => {
    const after = days.boundaries.findIndex((dayMs) => dayMs >= endMs);
    return (after < 0 ? days.buckets : after) - 1;
  });
}

/**
 * Users active in the period before and not in this one ÷ those active before. Before a bucket lies the whole calendar
 * bucket, also outside the range; before the range as many days, or as much time, as it has itself.
 */
export function planChurn(context: SeriesContext, ref: EventRef): PlannedMeasure {
  const { question, period } = context;
  const part = partOf(context, ref);
  const users = userIds(question.view);
  const active = countDistinct(part, users);
  const before = { ...part, occursFromMs: Infinity };
  const beforeBuckets = countDistinct({ ...before, axis: bucketsBefore(period) }, users);
  const beforeRange = countDistinct({ ...before, axis: rangeBefore(period) }, users);
  return {
    scans: [active, beforeBuckets, beforeRange].flatMap(({ scans }) => scans),
    point(set, bucket) {
      const past = bucket === null ? beforeRange : beforeBuckets;
      const known = membersOf(past.cells, set.idsIn(past.groups), bucket);
      const still = membersOf(active.cells, set.idsIn(active.groups), bucket);
      const gone = [...known].filter((user) => !still.has(user)).length;
      return ratioPoint(gone, known.size, { wilson: true });
    },
    units: (set) => active.at(set, null),
  };
}

function membersOf(cells: DistinctCells, groups: readonly number[], bucket: number | null): Set<number> {
  const members = new Set<number>();
  for (const set of cells.sets(groups, bucket)) set.forEach((user) => members.add(user));
  return members;
}

/** For each bucket the one before it. */
function bucketsBefore({ calendar, interval, axis }: Period): Axis {
  const [firstMs] = axis.boundaries;
  const lastMs = axis.boundaries[axis.buckets - 1];
  if (firstMs === undefined || lastMs === undefined) return axis;
  const beforeMs = bucketStartMs(calendar, interval, firstMs - 1);
  return axisOf([beforeMs, ...axis.boundaries.slice(0, axis.buckets)], beforeMs, lastMs);
}

function rangeBefore({ calendar, startMs, endMs }: Period): Axis {
  const { zone } = calendar;
  const [firstDay, endDay] = [zone.dayIndexAt(startMs), zone.dayIndexAt(endMs)];
  const isWholeDays = zone.startOfDayMs(firstDay) === startMs && zone.startOfDayMs(endDay) === endMs;
  const beforeMs = isWholeDays ? zone.startOfDayMs(2 * firstDay - endDay) : startMs - (endMs - startMs);
  return wholeAxis(beforeMs, startMs);
}
