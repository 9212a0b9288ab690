import { formatCount, formatPoints, formatRate, NOT_DEFINED } from '../../../shared/format/numbers.ts';
import type { PageFinding } from '../../app/ViewPage.tsx';
import type { KeyFigure } from '../../parts/key-figure.ts';
import { goalCompletion, liftAt, pairLift, type SignalColumns } from './columns.ts';

/** "+1.62", "−0.40". */
export function liftText(lift: number | null, decimals = 2): string {
  if (lift === null) return NOT_DEFINED;
  const text = Math.abs(lift).toFixed(decimals);
  const isZero = !/[1-9]/.test(text);
  return isZero ? text : `${lift < 0 ? '−' : '+'}${text}`;
}

/** "−1.0", "0.0". */
export const penaltyText = (penalty: number): string =>
  `${penalty < 0 ? '−' : ''}${Math.abs(penalty).toFixed(1)}`;

export function describeSignals(
  { total }: SignalColumns,
  { penalty, hasFilters }: { penalty: number; hasFilters: boolean },
): PageFinding {
  if (total.starts === 0) {
    return { lead: `Nobody started ${hasFilters ? 'under these filters' : 'in these dates'}.`, rest: '' };
  }
  const lift = pairLift(total);
  const all = liftText(liftAt(total, penalty));
  const lead =
    lift === null
      ? 'Nobody finished.'
      : `People who finish leave ${Math.abs(lift).toFixed(1)} points ${lift < 0 ? 'less' : 'more'} confident.`;
  return { lead, rest: ` With abandoned starts counted at ${penaltyText(penalty)}*, the change is ${all}.` };
}

export function signalFigures(signals: SignalColumns | null, penalty: number): KeyFigure[] {
  const total = signals?.total ?? null;
  const before = signals?.previousTotal ?? null;
  const rates = {
    now: total && share(total.abandoned, total.starts),
    then: before && share(before.abandoned, before.starts),
  };
  const goals = { now: total && goalCompletion(total), then: before && goalCompletion(before) };
  const count = total === null ? NOT_DEFINED : formatCount(total.starts);
  return [
    figure('starts', 'Starts', count, '', 'Signals with a start in these dates'),
    figure(
      'pairs',
      'Lift, finished pairs',
      liftText(total && pairLift(total)),
      total === null ? '' : `n ${formatCount(total.pairs)}`,
      'Mean of confidence after minus before, of those who finished',
    ),
    figure(
      'all',
      `Lift, all starts at ${penaltyText(penalty)}*`,
      liftText(total && liftAt(total, penalty)),
      total === null ? '' : `${liftText(liftAt(total, 0))} to ${liftText(liftAt(total, BAND_PENALTY))}`,
      `A start without an end counts ${penaltyText(penalty)}*; the range is that of 0 to ${penaltyText(BAND_PENALTY)}`,
    ),
    figure(
      'goal',
      'Goal completion',
      formatRate(goals.now),
      differenceText(goals),
      'Yes, and half* of partly, ÷ starts',
    ),
    figure(
      'abandoned',
      'Abandoned',
      formatRate(rates.now),
      differenceText(rates),
      total === null ? '' : `${formatCount(total.abandoned)} of ${formatCount(total.starts)} starts`,
    ),
    figure(
      'experience',
      'Experience score',
      signals?.experience.mean == null ? NOT_DEFINED : signals.experience.mean.toFixed(1),
      signals === null ? '' : `of 10, n ${formatCount(signals.experience.n)}`,
      'Mean over all endings, also those without a start',
    ),
  ];
}

/** The band around the lift of all starts reaches to this penalty. */
export const BAND_PENALTY = -3;

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const differenceText = ({ now, then }: { now: number | null; then: number | null }): string =>
  now === null || then === null ? '' : formatPoints(now - then);

const figure = (id: string, label: string, value: string, delta: string, title: string): KeyFigure => ({
  id,
  label,
  value,
  delta,
  isFailing: false,
  title,
});
