import type { Filter } from '../query/filter.ts';
import type { QuerySpecInput } from '../query/spec.ts';
import type { Subject, WatchInterval, WatchMeasure } from './rule.ts';

/** Events and users, k of n, and quantiles ask for different series; whoever reads the answer knows which from this. */
type SeriesInput = Extract<QuerySpecInput, { kind: 'trend' }>['series'][number];

export interface QuestionFrame {
  environment: string;
  range: { from: string; to: string };
}

/** The question whose answer is the series of a subject. */
export function questionOf(subject: Subject, { environment, range }: QuestionFrame): QuerySpecInput {
  if ('question' in subject) {
    const asked = { ...subject.question, environment, range, interval: subject.interval };
    return (asked as { kind?: unknown }).kind === 'funnel'
      ? ({ ...asked, show: 'trend', toStep: subject.column } as unknown as QuerySpecInput)
      : (asked as unknown as QuerySpecInput); // judged by parseQuerySpec before it is saved, and again when it is asked
  }
  return {
    kind: 'trend',
    environment,
    range,
    interval: subject.interval,
    filters: subject.filters,
    series: seriesOfMeasure(subject.measure, subject.state),
  };
}

/** The same over whole ranges, split by a property: what the explanation of a firing rests on. */
export function sliceQuestionOf(
  subject: Extract<Subject, { measure: unknown }>,
  frame: QuestionFrame,
  property: string,
): QuerySpecInput {
  return {
    kind: 'trend',
    environment: frame.environment,
    range: frame.range,
    interval: 'day',
    display: 'total',
    filters: subject.filters,
    series: seriesOfMeasure(subject.measure, subject.state).slice(0, 1),
    breakdown: { property, limit: MOST_SLICES },
  };
}

const MOST_SLICES = 25;

const isState = (state: string): Filter => ({ property: 'state', op: 'is', value: state });

function seriesOfMeasure(measure: WatchMeasure, state: string | null): SeriesInput[] {
  switch (measure) {
    case 'state_share': {
      const counted = state === null ? [] : [isState(state)];
      const reactions = { event: 'reaction_captured' };
      return [{ ...reactions, filters: counted, measure: 'ratio', of: reactions, name: 'share' }];
    }
    case 'events':
      return [{ event: null, measure: 'events' }];
    case 'latency_p50':
    case 'latency_p95':
    case 'latency_p99': {
      const timed: Filter = { property: 'duration_ms', op: 'is_set' };
      return [{ measure }, { event: null, filters: [timed], measure: 'events', name: 'measured' }];
    }
    default:
      return [{ measure }];
  }
}

export type MeasureKind = 'rate' | 'count' | 'latency' | 'other';

/** How the numbers of a subject behave. */
export function kindOfSubject(subject: Subject): MeasureKind {
  if ('question' in subject) return 'other';
  const { measure } = subject;
  if (measure === 'capture_rate' || measure === 'state_share' || measure === 'error_rate') return 'rate';
  return measure.startsWith('latency') ? 'latency' : 'count';
}

const HOURS_BACK_DAYS = 35; // a baseline of 28 days, and a week to judge
const DAYS_BACK_DAYS = 120; // a back test of 90 days after a baseline

export const lookBackMs = (interval: WatchInterval): number =>
  (interval === 'hour' ? HOURS_BACK_DAYS : DAYS_BACK_DAYS) * 86_400_000;
