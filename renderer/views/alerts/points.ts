import { backTest, type BackTest, type LabelledSpan } from '../../../shared/alerts/back-test.ts';
import { questionOf } from '../../../shared/alerts/question.ts';
import type { AlertRule, Label, Subject } from '../../../shared/alerts/rule.ts';
import { watchedSeries } from '../../../shared/alerts/series-of.ts';
import type { WatchedSeries } from '../../../shared/alerts/series.ts';
import type { Answer } from '../../../shared/query/answer.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { addDays } from '../../../shared/format/calendar.ts';
import { toLocalDate } from '../../../shared/format/local-time.ts';
import type { AlertFiring } from '../../../shared/rpc/contract/alerts.ts';
import { wilsonInterval } from '../../../shared/stats/wilson.ts';
import type { FiringMark, WatchedPoint } from '../../charts/watched-series.ts';

export const BACK_TEST_DAYS = 90;
const BASELINE_DAYS = 29; // before the first judged day

/** The series of a subject by the day, as far back as a back test and its baseline reach. */
export function seriesQuestion(subject: Subject, environment: string, today: string): QuerySpecInput {
  const range = { from: addDays(today, -(BACK_TEST_DAYS + BASELINE_DAYS)), to: today };
  return questionOf({ ...subject, interval: 'day' }, { environment, range });
}

/** null where the answer is no series of this subject: it was asked for the one before. */
export function seriesIn(subject: Subject, answer: Answer | null): WatchedSeries | null {
  if (answer === null) return null;
  try {
    return watchedSeries({ ...subject, interval: 'day' }, answer);
  } catch {
    return null;
  }
}

/** The last days, with those that a back test calls failing. */
export function lastPoints(
  series: WatchedSeries,
  { days, rule }: { days: number; rule: AlertRule | null },
): { points: WatchedPoint[]; first: number; test: BackTest | null } {
  const first = Math.max(0, series.startMs.length - days);
  const test = rule === null ? null : backTest(rule, series);
  const failing = new Set(rule === null ? [] : failingDays(rule, series));
  const points = series.startMs.slice(first).map((startMs, offset): WatchedPoint => {
    const index = first + offset;
    const k = series.numerators?.[index] ?? null;
    const n = series.denominators?.[index] ?? null;
    const [low, high] = k === null || n === null || n === 0 ? [null, null] : wilsonInterval(k, n);
    return {
      date: toLocalDate(startMs, series.zone),
      value: series.values[index] ?? null,
      low,
      high,
      isPartial: series.states[index] !== 'complete',
      fails: failing.has(index),
    };
  });
  return { points, first, test };
}

/** Days beyond a threshold with enough n; other conditions show by their firings. */
function failingDays({ condition, leastN }: AlertRule, series: WatchedSeries): number[] {
  if (condition.kind !== 'threshold') return [];
  return series.values.flatMap((value, index) => {
    const n = series.denominators?.[index] ?? value ?? 0;
    if (value === null || series.states[index] !== 'complete' || n < leastN) return [];
    return (condition.side === 'below' ? value < condition.value : value > condition.value) ? [index] : [];
  });
}

const LABEL_TEXTS: Record<Label, string> = { true: 'True', expected: 'Expected', false: 'False' };
export const labelText = (label: Label | null, isOpen: boolean): string =>
  label === null ? (isOpen ? 'Open' : 'Not labelled') : LABEL_TEXTS[label];

/** Firings of one rule or item over the points, from the list that people labelled. */
export function firingMarks(
  firings: readonly AlertFiring[],
  points: readonly WatchedPoint[],
  zone: string,
): FiringMark[] {
  return firings
    .map((firing) => {
      const date = toLocalDate(Date.parse(firing.conditionMetAt) - 1, zone);
      const isOpen = firing.status === 'open';
      return {
        index: points.findIndex((point) => point.date === date),
        text: labelText(firing.label, isOpen),
        isOpen,
        isAnomaly: firing.voice === 'detector',
      };
    })
    .filter(({ index }) => index >= 0)
    .sort((a, b) => a.index - b.index);
}

/** Labelled firings as spans that a back test is held against. */
export function labelledSpans(firings: readonly AlertFiring[], nowMs: number): LabelledSpan[] {
  return firings.flatMap(({ label, sinceAt, resolvedAt, reportedAt }) =>
    label === null
      ? []
      : [
          {
            startMs: Date.parse(sinceAt),
            endMs: resolvedAt === null ? nowMs : Date.parse(resolvedAt),
            label,
            reportedMs: reportedAt === null ? null : Date.parse(reportedAt),
          },
        ],
  );
}
