import { formatSpanInWords } from '../../../shared/format/calendar.ts';
import { formatChange, formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import type { CaptureColumns, StateBuckets } from './columns.ts';
import type { KeyFigure } from '../../parts/key-figure.ts';
import type { Finding } from './finding.ts';

interface KeyFiguresInput {
  capture: CaptureColumns | null;
  states: StateBuckets | null;
  finding: Finding | null;
  /** Labels of the states that the view is narrowed to. */
  chosenStates: readonly string[];
}

/** At most five; the risen state only where the finding names one. A change compares like with like: buckets that are
 *  still filling count on neither side. */
export function keyFigures({ capture, states, finding, chosenStates }: KeyFiguresInput): KeyFigure[] {
  return [
    captureFigure(capture, finding, labelOf('Capture rate', chosenStates)),
    countFigure(
      'reactions',
      labelOf('Reactions captured', chosenStates),
      capture,
      ({ reactions }) => reactions,
    ),
    countFigure('sessions', 'Completed sessions', capture, ({ completed }) => completed),
    mostCommonFigure(states),
    ...risenFigure(finding),
  ];
}

/** Narrowed to states, a rate and a count are theirs. */
function labelOf(label: string, [first, ...more]: readonly string[]): string {
  if (first === undefined) return label;
  return more.length === 0 ? `${label}, ${first}` : `${label}, ${more.length + 1} states`;
}

function captureFigure(capture: CaptureColumns | null, finding: Finding | null, label: string): KeyFigure {
  const total = capture?.total;
  const [now, before] = [sides(capture, 'now'), sides(capture, 'before')];
  const difference =
    now.completed > 0 && before.completed > 0
      ? now.captured / now.completed - before.captured / before.completed
      : null;
  return {
    id: 'capture',
    label,
    value: formatRate(total?.value ?? null),
    delta: difference === null ? '' : formatPoints(difference),
    isFailing: difference !== null && difference < 0 && (finding?.failing.length ?? 0) > 0,
    title:
      total === undefined
        ? ''
        : `${formatCount(total.captured)} of ${formatCount(total.completed)} completed sessions${comparedInWords(capture)}`,
  };
}

function countFigure(
  id: string,
  label: string,
  capture: CaptureColumns | null,
  countOf: (side: { reactions: number; completed: number }) => number,
): KeyFigure {
  const [now, before] = [countOf(sides(capture, 'now')), countOf(sides(capture, 'before'))];
  return {
    id,
    label,
    value: capture === null ? '–' : formatCount(countOf(capture.total)),
    delta: capture?.hasPrevious === true && before > 0 ? formatChange(now / before - 1) : '',
    isFailing: false,
    title: capture === null ? '' : `${formatCount(countOf(capture.total))}${comparedInWords(capture)}`,
  };
}

interface Sides {
  captured: number;
  completed: number;
  reactions: number;
}

/** Sums over complete buckets that have a counterpart, on one side of the comparison. */
function sides(capture: CaptureColumns | null, side: 'now' | 'before'): Sides {
  const sums: Sides = { captured: 0, completed: 0, reactions: 0 };
  for (const bucket of capture?.buckets ?? []) {
    if (bucket.isPartial || bucket.previous === null) continue;
    const counted = side === 'now' ? bucket : bucket.previous;
    sums.captured += counted.captured;
    sums.completed += counted.completed;
    sums.reactions += counted.reactions;
  }
  return sums;
}

function comparedInWords(capture: CaptureColumns | null): string {
  if (capture?.hasPrevious !== true) return '';
  const compared = capture.buckets.filter(
    ({ isPartial, previous }) => !isPartial && previous !== null,
  ).length;
  const open = capture.buckets.length - compared;
  return open === 0
    ? ''
    : `; compared are the ${formatCount(compared)} complete buckets, not the ${formatCount(open)} still filling`;
}

function mostCommonFigure(states: StateBuckets | null): KeyFigure {
  const found = states?.states.reduce<StateBuckets['states'][number] | null>(
    (best, state) => (state.total > (best?.total ?? 0) ? state : best),
    null,
  );
  const base = { id: 'most-common', label: 'Most common state', isFailing: false };
  if (states == null || found == null || states.total === 0)
    return { ...base, value: '–', delta: '', title: '' };
  const share = found.total / states.total;
  const before =
    states.previousTotal === null || states.previousTotal === 0 || found.previousTotal === null
      ? null
      : found.previousTotal / states.previousTotal;
  return {
    ...base,
    value: found.label,
    slot: found.slot,
    delta: `${formatRate(share)}${before === null ? '' : `, ${formatPoints(share - before)}`}`,
    title: `${formatCount(found.total)} of ${formatCount(states.total)} reactions`,
  };
}

function risenFigure(finding: Finding | null): KeyFigure[] {
  const risen = finding?.risen ?? null;
  if (risen === null) return [];
  return [
    {
      id: 'risen',
      label: `${risen.label}, ${formatSpanInWords(risen.span.from, risen.span.to, 'short')}`,
      value: formatRate(risen.share),
      delta: formatPoints(risen.share - risen.shareElsewhere),
      isFailing: true,
      title: `${formatRate(risen.shareElsewhere)} on the other days of these dates`,
    },
  ];
}
