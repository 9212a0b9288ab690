import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type BarField, commonParts, compareOf } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';

/** What the Usage view asks. */

export const SERIES = {
  day: 'dau',
  week: 'wau',
  month: 'mau',
  stickiness: 'stickiness',
  users: 'users',
  views: 'views',
  length: 'length',
  bounces: 'bounces',
} as const;

const MOST_ROWS = 200;

export function usageQuestions({ asked, skipped, bucket, address }: ViewBase) {
  const common = { ...commonParts(asked, skipped), compare: compareOf(address) };
  return {
    actives: {
      kind: 'trend',
      ...common,
      interval: bucket,
      series: [
        { name: SERIES.day, measure: 'dau' },
        { name: SERIES.week, measure: 'wau' },
        { name: SERIES.month, measure: 'mau' },
        { name: SERIES.stickiness, measure: 'stickiness' },
        { name: SERIES.users, measure: 'active_users' },
      ],
    },
    sessions: {
      kind: 'trend',
      ...common,
      interval: bucket,
      series: [
        { name: SERIES.length, measure: 'session_duration' },
        { name: SERIES.bounces, measure: 'bounce_rate' },
      ],
    },
    views: {
      kind: 'trend',
      ...common,
      interval: bucket,
      series: [{ name: SERIES.views, event: 'page_view', measure: 'events' }],
    },
    pages: {
      kind: 'trend',
      ...common,
      display: 'total',
      breakdown: { property: 'page_path', limit: MOST_ROWS },
      series: [
        { name: SERIES.views, event: 'page_view', measure: 'events' },
        { name: SERIES.users, event: 'page_view', measure: 'users' },
      ],
    },
    referrers: {
      kind: 'sessions',
      ...common,
      breakdown: { property: 'referrer', limit: MOST_ROWS },
      measures: ['sessions', 'users', 'bounce_rate'],
    },
  } satisfies Record<string, QuerySpecInput>;
}

/** How many people there are without one of the set filters. */
export const peopleQuestion = ({ asked, skipped }: ViewBase, without: BarField): QuerySpecInput => ({
  kind: 'trend',
  ...commonParts(asked, [...skipped, without]),
  display: 'total',
  series: [{ name: SERIES.users, measure: 'active_users' }],
});
