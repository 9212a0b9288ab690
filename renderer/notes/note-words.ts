import type { Anchor } from '../../shared/annotations/anchor.ts';
import { formatDate, formatDateRange } from '../../shared/format/calendar.ts';
import { toLocalDate, toLocalTime } from '../../shared/format/local-time.ts';
import { formatCompact, formatPoints, formatRate } from '../../shared/format/numbers.ts';
import { nameOf } from '../state/names.ts';
import type { EnvironmentInfo } from '../state/session-store.ts';

export interface NoteSurroundings {
  environment: EnvironmentInfo;
  zone: string;
  today: string;
}

export const dateOf = (dateOrInstant: string, zone: string): string =>
  dateOrInstant.length === 10 ? dateOrInstant : toLocalDate(dateOrInstant, zone);

/** What a note is pinned to, in words. */
export function anchorInWords(anchor: Anchor, { environment, zone, today }: NoteSurroundings): string {
  switch (anchor.kind) {
    case 'view':
      return 'Whole view';
    case 'instant':
      return formatDate(dateOf(anchor.at, zone), today);
    case 'range': {
      const [from, to] = [dateOf(anchor.from, zone), dateOf(anchor.to, zone)];
      return from === to ? formatDate(from, today) : formatDateRange(from, to, today);
    }
    case 'funnel_step':
      return `Step ${anchor.step + 1}${anchor.name === undefined ? '' : ` ${anchor.name}`}`;
    case 'retention_row':
      return `Cohort of ${formatDate(dateOf(anchor.cohort, zone), today)}`;
    case 'retention_cell':
      return `Cohort of ${formatDate(dateOf(anchor.cohort, zone), today)}, period ${anchor.period}`;
    case 'practice':
    case 'master':
      return nameOf(anchor.kind, anchor.id, environment);
    case 'series':
      return (
        [anchor.value]
          .flat()
          .map((value) => nameOfValue(value, environment))
          .join(', ') || '(none)'
      );
  }
}

/** States, practices and masters have names; other values are what they are. */
const nameOfValue = (value: string | null, environment: EnvironmentInfo): string =>
  value === null
    ? '(none)'
    : ((['state', 'practice', 'master'] as const)
        .map((field) => nameOf(field, value, environment))
        .find((name) => name !== value) ?? value);

const METRIC_NAMES: Record<string, string> = {
  funnel_conversion: 'Conversion',
  funnel_time: 'Time to convert',
};

export function metricInWords(metric: string | null): string {
  if (metric === null) return '';
  const words = METRIC_NAMES[metric] ?? metric.replaceAll('_', ' ');
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

const RATES = new Set([
  'capture_rate',
  'state_share',
  'goal_completion',
  'stickiness',
  'bounce_rate',
  'feature_adoption',
  'error_rate',
  'churn',
  'follow_up_rate',
  'repeat_rate',
  'retention',
  'funnel_conversion',
  'abandonment',
  'share_of_starts',
  'share_of_errors',
  'share_of_sessions',
]);

export function valueInWords(metric: string | null, value: number | null): string {
  if (metric === 'master_impact') return formatPoints(value);
  if (metric !== null && RATES.has(metric)) return formatRate(value);
  return value === null ? '–' : formatCompact(value);
}

export function changeInWords(metric: string | null, before: number, after: number): string {
  const isRatio = metric === 'master_impact' || (metric !== null && RATES.has(metric));
  if (isRatio) return formatPoints(after - before);
  return `${after < before ? '\u2212' : '+'}${formatCompact(Math.abs(after - before))}`;
}

/** "today, 14:11", else the date with its time; a clock that is absurd says nothing. */
export function momentInWords(atMs: number | null, { zone, today }: NoteSurroundings): string {
  if (atMs === null) return 'at an unknown time';
  const { date, time } = toLocalTime(atMs, zone);
  return `${date === today ? 'today' : formatDate(date, today)}, ${time}`;
}
