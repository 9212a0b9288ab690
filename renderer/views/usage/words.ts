import { formatDuration } from '../../../shared/format/durations.ts';
import {
  formatChange,
  formatCount,
  formatPercentNumber,
  formatPoints,
  formatRate,
  NOT_DEFINED,
} from '../../../shared/format/numbers.ts';
import type { PageFinding } from '../../app/ViewPage.tsx';
import type { KeyFigure } from '../../parts/key-figure.ts';
import { changeOfRatio, changeOfSum, type TrendColumns } from '../../state/trend-columns.ts';
import { meanOverComplete, ratioOverComplete } from './columns.ts';
import { SERIES } from './questions.ts';

export interface UsageNumbers {
  actives: TrendColumns | null;
  sessions: TrendColumns | null;
  views: TrendColumns | null;
}

export const lengthText = (seconds: number | null): string =>
  seconds === null ? NOT_DEFINED : formatDuration(seconds * 1_000);

export const countText = (value: number | null): string =>
  value === null ? NOT_DEFINED : formatCount(Math.round(value));

export function describeUsage({ actives, sessions }: UsageNumbers, hasFilters: boolean): PageFinding | null {
  if (actives === null || sessions === null) return null;
  const day = actives.columnOf(SERIES.day);
  const mean = meanOverComplete(day, actives.isPartial);
  if ((actives.columnOf(SERIES.users)?.total ?? 0) === 0)
    return { lead: `Nobody was active ${hasFilters ? 'under these filters' : 'in these dates'}.`, rest: '' };
  const change = changeOfSum(day, actives.isPartial);
  const percent = change === null || change.before === 0 ? null : change.now / change.before - 1;
  const than =
    percent === null
      ? ''
      : `, ${formatPercentNumber(Math.abs(percent), 1)}% ${percent < 0 ? 'fewer' : 'more'} than before`;
  const stickiness = ratioOverComplete(actives.columnOf(SERIES.stickiness), actives.isPartial);
  const bounces = sessions.columnOf(SERIES.bounces)?.total ?? null;
  return {
    lead: `On a day ${countText(mean)} people are active${than}.`,
    rest: ` Stickiness ${formatRate(stickiness)}; ${formatRate(bounces)} of sessions bounce.`,
  };
}

export function usageFigures({ actives, sessions, views }: UsageNumbers): KeyFigure[] {
  const partial = actives?.isPartial ?? [];
  const day = actives?.columnOf(SERIES.day) ?? null;
  const stickiness = actives?.columnOf(SERIES.stickiness) ?? null;
  const page = views?.columnOf(SERIES.views) ?? null;
  const length = sessions?.columnOf(SERIES.length) ?? null;
  const bounces = sessions?.columnOf(SERIES.bounces) ?? null;
  const sessionsPartial = sessions?.isPartial ?? [];
  const lengthChange = changeOfRatio(length, sessionsPartial);
  return [
    figure(
      'users',
      'People, all',
      countText(actives?.columnOf(SERIES.users)?.total ?? null),
      '',
      'Distinct people with any event* in these dates',
    ),
    figure(
      'daily',
      'Daily active, mean',
      countText(meanOverComplete(day, partial)),
      relative(changeOfSum(day, partial)),
      'Mean over the complete buckets',
    ),
    figure(
      'stickiness',
      'Stickiness',
      formatRate(ratioOverComplete(stickiness, partial)),
      points(changeOfRatio(stickiness, partial)),
      'Daily ÷ monthly actives over the complete buckets',
    ),
    figure(
      'views',
      'Page views',
      countText(page?.total ?? null),
      relative(changeOfSum(page, views?.isPartial ?? [])),
      'Compared are the complete buckets',
    ),
    figure(
      'length',
      'Session length, mean',
      lengthText(length?.total ?? null),
      lengthChange === null ? '' : signedLength(lengthChange.now - lengthChange.before),
      `${countText(length?.totalDenominator ?? null)} sessions; one of a single event lasts 0 s`,
    ),
    figure(
      'bounce',
      'Bounce rate',
      formatRate(bounces?.total ?? null),
      points(changeOfRatio(bounces, sessionsPartial)),
      `${countText(bounces?.totalNumerator ?? null)} of ${countText(bounces?.totalDenominator ?? null)} sessions are one page view and nothing else`,
    ),
  ];
}

const figure = (id: string, label: string, value: string, delta: string, title: string): KeyFigure => ({
  id,
  label,
  value,
  delta,
  isFailing: false,
  title,
});

type Change = ReturnType<typeof changeOfSum>;
const relative = (change: Change): string =>
  change === null || change.before === 0 ? '' : formatChange(change.now / change.before - 1);
const points = (change: Change): string => (change === null ? '' : formatPoints(change.now - change.before));
const signedLength = (seconds: number): string =>
  `${seconds < 0 ? '−' : '+'}${formatCount(Math.round(Math.abs(seconds)))} s`;
