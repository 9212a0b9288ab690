import type { Interval } from '../../../shared/query/common-spec.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Elapsed time that stands for an interval where windows count from an event: a day is 24 hours, a month 30 days. */
export const MS_PER_INTERVAL: Readonly<Record<Interval, number>> = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
};
