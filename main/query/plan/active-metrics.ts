import type { EventRef } from '../../../shared/query/filter.ts';
import { bucketBoundaries, bucketEndMs, bucketStartMs } from '../../../shared/time/buckets.ts';
import type { DistinctCells, IdSet } from '../kernels/js/id-set.ts';
import { type Axis, axisOf } from './axis.ts';
import { userIds } from './id-source.ts';
import {
  type PlannedMeasure,
  partOf,
  planUsers,
  type SeriesContext,
  trailingBuckets,
  trailingTotal,
} from './measures.ts';
import type { Period } from './period.ts';
import { countDistinct } from './quantity.ts';
import type { GroupSet } from './question.ts';
import { ratioPoint } from './series.ts';

/** Distinct users of a day; of an hour of the 24 hours ending with it; of a week or month of its last day. */
export function planDaily(context: SeriesContext, ref: EventRef): PlannedMeasure {
  if (context.period.interval === 'day') {
    const total = trailingTotal(context, ref, 1);
    const days = planUsers(partOf(context, ref));
    return join(days, total);
  }
  return planTrailingAnywhere(context, ref, 1);
}

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
 * Users active in the period before and not in this one ÷ those active before. The period before the first bucket lies
 * outside the range; the total compares the whole range with the same length directly before it.
 */
export function planChurn(context: SeriesContext, ref: EventRef): PlannedMeasure {
  const { question, period } = context;
  const part = partOf(context, ref);
  const users = userIds(question.view);
  const byBucket = countDistinct(
    { ...part, axis: withBucketBefore(period), occursFromMs: period.startMs },
    users,
  );
  const byRange = countDistinct(
    { ...part, axis: rangeWithBefore(period), occursFromMs: period.startMs },
    users,
  );
  const lostAt = ({ cells, groups }: typeof byBucket, set: GroupSet, bucket: number) =>
    lost(cells, set.idsIn(groups), bucket);
  return {
    scans: [...byBucket.scans, ...byRange.scans],
    point(set, bucket) {
      const { before, gone } = bucket === null ? lostAt(byRange, set, 0) : lostAt(byBucket, set, bucket);
      return ratioPoint(gone, before, { wilson: true });
    },
    units: (set) => byRange.cells.at(set.idsIn(byRange.groups), 1),
  };
}

/** Of the users in `bucket` those missing in the next one. */
function lost(
  cells: DistinctCells,
  groups: readonly number[],
  bucket: number,
): { before: number; gone: number } {
  const after = new Set<number>();
  for (const set of cells.sets(groups, bucket + 1)) set.forEach((user) => after.add(user));
  const before = new Set<number>();
  for (const set of cells.sets(groups, bucket)) collect(set, before);
  let gone = 0;
  for (const user of before) if (!after.has(user)) gone++;
  return { before: before.size, gone };
}

const collect = (set: IdSet, into: Set<number>): void => set.forEach((user) => into.add(user));

function withBucketBefore({ calendar, interval, axis, endMs, startMs }: Period): Axis {
  const firstMs = axis.boundaries[0];
  if (firstMs === undefined) return axis;
  const beforeMs = bucketStartMs(calendar, interval, firstMs - 1);
  return bucketEndMs(calendar, interval, beforeMs) > startMs
    ? axis
    : axisOf([beforeMs, ...axis.boundaries], beforeMs, endMs);
}

function rangeWithBefore({ calendar, startMs, endMs }: Period): Axis {
  const { zone } = calendar;
  const [firstDay, endDay] = [zone.dayIndexAt(startMs), zone.dayIndexAt(endMs)];
  const isWholeDays = zone.startOfDayMs(firstDay) === startMs && zone.startOfDayMs(endDay) === endMs;
  const beforeMs = isWholeDays ? zone.startOfDayMs(2 * firstDay - endDay) : startMs - (endMs - startMs);
  return axisOf([beforeMs, startMs, endMs], beforeMs, endMs);
}
