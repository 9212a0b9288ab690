import {
  formatChange,
  formatCount,
  formatPoints,
  formatRate,
  NOT_DEFINED,
} from '../../../shared/format/numbers.ts';
import type { KeyFigure } from '../../parts/key-figure.ts';
import { secondsInWords } from '../../parts/seconds-text.ts';
import { nameOf } from '../../state/names.ts';
import { changeOfRatio, changeOfSum } from '../../state/trend-columns.ts';
import { strongestOf } from '../practices/columns.ts';
import { CAPTURE, clearRows } from '../practices/shift.ts';
import { SERIES } from './questions.ts';
import { partnerOf } from './subject.ts';
import type { SubjectPage } from './use-subject.ts';

/** Six at most; a change compares complete buckets with their counterparts. */
export function subjectFigures(page: SubjectPage): KeyFigure[] {
  return [
    captureFigure(page),
    ...(page.subject.kind === 'master' ? [impactFigure(page)] : []),
    sessionsFigure(page),
    mostCommonFigure(page),
    ...(page.subject.kind === 'practice' ? [furthestFigure(page), lengthFigure(page)] : [newFigure(page)]),
    partnersFigure(page),
  ];
}

const plain = { delta: '', isFailing: false, title: '' } as const;

function captureFigure({ capture, trend, peers }: SubjectPage): KeyFigure {
  const change = changeOfRatio(trend?.columnOf(SERIES.rate) ?? null, trend?.isPartial ?? []);
  return {
    ...plain,
    id: 'capture',
    label: 'Capture rate',
    value: formatRate(capture?.total.value ?? null),
    delta: change === null ? '' : formatPoints(change.now - change.before),
    title:
      peers === null
        ? ''
        : `${formatCount(peers.own.captured)} of ${formatCount(peers.own.completed)} completed sessions; all others ${formatRate(peers.others.rate.value)}`,
  };
}

function impactFigure({ impact, peers }: SubjectPage): KeyFigure {
  const { value = null, low = null, high = null } = impact?.impact ?? {};
  const rate = peers?.own.rate.value ?? null;
  return {
    ...plain,
    id: 'impact',
    label: 'Against expected',
    value: formatPoints(value),
    delta:
      low === null || high === null
        ? ''
        : `${formatPoints(low).replace(' pp', '')} to ${formatPoints(high).replace(' pp', '')}`,
    title: `Expected of the practice mix: ${formatRate(rate === null || value === null ? null : rate - value)}`,
  };
}

function sessionsFigure({ trend, capture }: SubjectPage): KeyFigure {
  const change = changeOfSum(trend?.columnOf(SERIES.sessions) ?? null, trend?.isPartial ?? []);
  return {
    ...plain,
    id: 'sessions',
    label: 'Completed sessions',
    value: capture === null ? NOT_DEFINED : formatCount(capture.total.completed),
    delta: change === null || change.before === 0 ? '' : formatChange(change.now / change.before - 1),
    title: `by ${formatCount(trend?.columnOf(SERIES.people)?.total ?? 0)} people`,
  };
}

function mostCommonFigure({ peers }: SubjectPage): KeyFigure {
  const found = peers === null ? null : strongestOf(peers.own);
  return {
    ...plain,
    id: 'most-common',
    label: 'Most common state',
    value: found?.name.label ?? NOT_DEFINED,
    ...(found === null ? {} : { slot: found.name.slot }),
    delta: found === null ? '' : formatRate(found.share.value),
    title: found === null ? '' : `${formatCount(found.count)} of ${formatCount(peers?.own.n ?? 0)} reactions`,
  };
}

/** The state that is furthest from all others beyond chance. */
function furthestFigure({ against }: SubjectPage): KeyFigure {
  const row = clearRows(against ?? []).find(({ id }) => id !== CAPTURE);
  if (row === undefined)
    return { ...plain, id: 'furthest', label: 'Furthest from others', value: NOT_DEFINED };
  return {
    ...plain,
    id: 'furthest',
    label: row.name,
    value: formatRate(row.one.value),
    delta: `others ${formatRate(row.other.value)}`,
    title: `${formatCount(row.one.count)} of ${formatCount(row.one.n)} reactions; the state furthest from all others`,
  };
}

function lengthFigure({ medianSeconds }: SubjectPage): KeyFigure {
  return {
    ...plain,
    id: 'length',
    label: 'Median length',
    value: medianSeconds === null ? NOT_DEFINED : secondsInWords(medianSeconds),
    title: 'Median of duration_seconds of completed sessions',
  };
}

function newFigure({ fresh, returning }: SubjectPage): KeyFigure {
  const ofNew = fresh?.total.completed ?? 0;
  const known = ofNew + (returning?.total.completed ?? 0);
  return {
    ...plain,
    id: 'new',
    label: 'By new people',
    value: formatRate(known === 0 ? null : ofNew / known),
    title: `${formatCount(ofNew)} of ${formatCount(known)} completed sessions of known people`,
  };
}

function partnersFigure({ subject, partners, base }: SubjectPage): KeyFigure {
  const named = partners?.filter(({ id }) => id !== null) ?? [];
  const all = (partners ?? []).reduce((sum, { completed }) => sum + completed, 0);
  const [first] = named.toSorted((a, b) => b.completed - a.completed);
  return {
    ...plain,
    id: 'partners',
    label: subject.kind === 'practice' ? 'Masters' : 'Practices led',
    value: partners === null ? NOT_DEFINED : formatCount(named.length),
    delta:
      first === undefined || all === 0
        ? ''
        : `${nameOf(partnerOf(subject.kind), first.id ?? '', base.environment)} ${formatRate(first.completed / all, 0)}`,
    title: first === undefined ? '' : 'and the one with most of the sessions',
  };
}
