import { daysBetween } from '../../shared/format/calendar.ts';
import { toLocalDate } from '../../shared/format/local-time.ts';
import type { WorkspaceInfo } from '../../shared/rpc/methods.ts';
import type { RangeChoice } from './address.ts';
import { type Calendar, type DateSpan, presetSpan } from './date-presets.ts';
import { MAX_DAILY_BUCKETS, MAX_HOURLY_DAYS } from './display-settings.ts';
import type { BucketChoice } from './practices-address.ts';
import type { EnvironmentInfo } from './session-store.ts';

export const spanOf = (range: RangeChoice, calendar: Calendar): DateSpan =>
  'preset' in range ? presetSpan(range.preset, calendar) : range;

export const calendarOf = (workspace: WorkspaceInfo, environment: EnvironmentInfo): Calendar => ({
  today: toLocalDate(workspace.now, workspace.zone),
  weekStart: workspace.weekStart,
  firstDate: environment.firstTs === null ? null : toLocalDate(environment.firstTs, workspace.zone),
});

export const bucketOf = ({ from, to }: DateSpan): 'day' | 'week' =>
  daysBetween(from, to) < MAX_DAILY_BUCKETS ? 'day' : 'week';

/** What can be drawn of these dates: none narrower than two pixels. */
export const fittingBuckets = ({ from, to }: DateSpan): ('hour' | 'day' | 'week')[] => {
  const days = daysBetween(from, to) + 1;
  return [
    ...(days <= MAX_HOURLY_DAYS ? (['hour'] as const) : []),
    ...(days <= MAX_DAILY_BUCKETS ? (['day'] as const) : []),
    'week',
  ];
};

/** The chosen bucket where the dates allow it, else the one that follows them. */
export const drawnBucket = (choice: BucketChoice, span: DateSpan): 'hour' | 'day' | 'week' =>
  fittingBuckets(span).find((bucket) => bucket === choice) ?? bucketOf(span);
