import { addDays, startOfWeek } from '../../../shared/format/calendar.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { HISTORY_DAYS } from '../../state/expected-ranges.ts';
import { type BarField, commonParts, compareOf, FIELD_PROPERTY } from '../../state/question-parts.ts';
import { drawnBucket } from '../../state/span-of.ts';
import type { ViewBase } from '../../state/use-view-base.ts';
import { HISTORY, SERIES as CAPTURE_SERIES } from '../practices/questions.ts';
import { cohortQuestion } from '../practices/shift.ts';
import { partnerOf, type Subject } from './subject.ts';

/** What the page of a practice or a master asks. The subject's own filter of the bar is never applied: the page sets it. */

export const SERIES = { ...CAPTURE_SERIES, opened: 'opened', people: 'people' } as const;
export const STATE_WEEKS = 12;
/** The capture rate of a master, and its distance from what the practice mix leads to expect. */
export const COURSE = { rate: 'rate', impact: 'impact' } as const;
export const NEXT_HOURS = 24;

const COMPLETED = 'session_completed';

export type SubjectQuestions = ReturnType<typeof subjectQuestions>;

export function subjectQuestions(base: ViewBase, subject: Subject) {
  const { asked, address, span } = base;
  const { page, lens, bucket: choice, slice } = address.practices;
  const skipped: BarField[] = [subject.kind, 'state'];
  const outside = commonParts(asked, skipped);
  const inside = { ...outside, filters: [...outside.filters, ...subject.own] };
  const bucket = lens === 'changes' ? base.bucket : drawnBucket(choice, span);
  const own = FIELD_PROPERTY[subject.kind];
  const partner = FIELD_PROPERTY[partnerOf(subject.kind)];
  const isOverview = page === 'overview';
  /** A master's page has them on its second sheet. */
  const hasSlices = isOverview === (subject.kind === 'practice');
  const hasCourse = isOverview && subject.kind === 'master';
  const weekly = {
    kind: 'trend' as const,
    interval: 'week' as const,
    range: { from: twelveWeeksTo(base), to: span.to },
  };
  const courseOfCohort = (isNew: boolean): QuerySpecInput => {
    const common = commonParts(asked, [...skipped, 'cohort']);
    return {
      ...common,
      ...weekly,
      filters: [...common.filters, ...subject.own],
      cohort: { new: isNew },
      series: [{ name: COURSE.rate, measure: 'capture_rate' }],
    };
  };
  const when = (isShown: boolean, spec: QuerySpecInput): QuerySpecInput | null => (isShown ? spec : null);
  return {
    capture: {
      kind: 'trend',
      ...inside,
      interval: bucket,
      compare: compareOf(address),
      series: [
        { name: SERIES.rate, measure: 'capture_rate' },
        { name: SERIES.reactions, measure: 'captured_reactions' },
        { name: SERIES.sessions, measure: 'completed_sessions' },
        { name: SERIES.opened, event: 'practice_opened', measure: 'events' },
        { name: SERIES.people, event: COMPLETED, measure: 'users' },
      ],
    },
    history: when(isOverview && lens === 'today' && bucket !== 'week', {
      kind: 'trend',
      ...inside,
      range: { from: addDays(span.from, -HISTORY_DAYS), to: span.to },
      interval: bucket,
      series: [{ name: HISTORY, measure: 'capture_rate' }],
    }),
    /** Every subject of the kind, this one among them: the others are the rest. */
    peers: { kind: 'states', ...outside, groupBy: own },
    peersOverTime: when(isOverview, {
      kind: 'states',
      ...outside,
      ...stateDates(base),
      groupBy: own,
    }),
    partners: { kind: 'states', ...inside, groupBy: partner },
    /** The partners with everybody: a master's practices as others lead them too. Of a practice they are its own. */
    partnersOfAll: when(subject.kind === 'master', { kind: 'states', ...outside, groupBy: partner }),
    impact: when(subject.kind === 'master', {
      kind: 'trend',
      ...outside,
      interval: 'day',
      display: 'total',
      series: [{ measure: 'master_impact' }],
      breakdown: { property: own, limit: 100 },
    }),
    course: when(hasCourse, {
      ...outside,
      ...weekly,
      series: [
        { name: COURSE.rate, measure: 'capture_rate' },
        { name: COURSE.impact, measure: 'master_impact' },
      ],
      breakdown: { property: own, limit: 100 },
    }),
    courseOfNew: when(hasCourse, courseOfCohort(true)),
    courseOfReturning: when(hasCourse, courseOfCohort(false)),
    length: {
      kind: 'distribution',
      ...inside,
      event: { event: COMPLETED },
      property: 'duration_seconds',
      quantiles: [0.5],
    },
    slices: when(hasSlices && slice !== 'hour', {
      kind: 'states',
      ...inside,
      groupBy: slice === 'hour' ? own : FIELD_PROPERTY[slice],
    }),
    hours: when(!isOverview || (hasSlices && slice === 'hour'), {
      kind: 'states',
      ...inside,
      interval: 'hour',
      groupBy: own,
    }),
    fresh: cohortQuestion(asked, true, { skipped: [subject.kind], own: subject.own }),
    returning: cohortQuestion(asked, false, { skipped: [subject.kind], own: subject.own }),
    next: when(!isOverview && subject.kind === 'practice', {
      kind: 'paths',
      ...outside,
      items: [{ event: COMPLETED, by: own }],
      start: subject.id,
      steps: 2,
      gapMinutes: NEXT_HOURS * 60,
    }),
  } satisfies Record<string, QuerySpecInput | null>;
}

const twelveWeeksTo = ({ span, calendar }: Pick<ViewBase, 'span' | 'calendar'>): string =>
  addDays(startOfWeek(span.to, calendar.weekStart), 7 * (1 - STATE_WEEKS));

/** Days of the dates where days were chosen, else weeks enough to see a course. */
function stateDates({ address, span, calendar }: ViewBase): {
  interval: 'day' | 'week';
  range: { from: string; to: string };
} {
  const { bucket, lens } = address.practices;
  if (lens === 'changes') return { interval: 'day', range: { from: span.from, to: span.to } };
  if (bucket === 'day' || bucket === 'hour')
    return { interval: 'day', range: { from: span.from, to: span.to } };
  const twelve = twelveWeeksTo({ span, calendar });
  return { interval: 'week', range: { from: span.from < twelve ? span.from : twelve, to: span.to } };
}
