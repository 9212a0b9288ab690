import { daysBetween } from '../../shared/format/calendar.ts';
import { toLocalDate } from '../../shared/format/local-time.ts';
import type { WorkspaceInfo } from '../../shared/rpc/methods.ts';
import type { RangeChoice } from './address.ts';
import { type Calendar, type DateSpan, presetSpan } from './date-presets.ts';
import { MAX_DAILY_BUCKETS } from './display-settings.ts';
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
