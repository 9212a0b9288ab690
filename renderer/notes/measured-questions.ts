import type { ShownAnnotation } from '../../shared/rpc/contract/annotations.ts';
import { isMetricId } from '../../shared/domain/metrics.ts';
import { addDays, daysBetween } from '../../shared/format/calendar.ts';
import type { Filter } from '../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { cohortRefOf, parseCohortChoice } from '../state/cohort-choice.ts';
import type { DateSpan } from '../state/date-presets.ts';
import { dateOf } from './note-words.ts';

/** What is asked to say what became of the number that a note discusses. */

interface Surroundings {
  environment: string;
  zone: string;
  today: string;
  /** Days of the open view: of notes that are not pinned to days. */
  span: DateSpan;
}

type Asked = Pick<ShownAnnotation, 'target' | 'anchor' | 'discussed' | 'actionAt' | 'status'>;

/** The same number now; null: it is not one that can be asked for by itself. */
export function nowQuestion(note: Asked, surroundings: Surroundings): QuerySpecInput | null {
  const { anchor, discussed } = note;
  if (anchor === null || discussed === null) return null;
  if (anchor.kind === 'instant') {
    const day = dateOf(anchor.at, surroundings.zone);
    const to = note.target?.interval === 'week' ? addDays(day, 6) : day;
    return metricQuestion(note, surroundings, { from: day, to });
  }
  if (anchor.kind !== 'range') return null; // rows are of the days of their view: the view itself shows them
  const { zone } = surroundings;
  return metricQuestion(note, surroundings, { from: dateOf(anchor.from, zone), to: dateOf(anchor.to, zone) });
}

export interface BeforeAfter {
  before: QuerySpecInput;
  after: QuerySpecInput;
  days: number;
}

const COMPARED_DAYS = 14; // two weeks: weekends weigh the same on both sides

/** The metric in as many whole days before the action as there are after it; null: no action, or none to measure. */
export function beforeAfterQuestions(note: Asked, surroundings: Surroundings): BeforeAfter | null {
  if (note.actionAt === null || note.status === 'note') return null;
  const day = dateOf(note.actionAt, surroundings.zone);
  const days = Math.min(COMPARED_DAYS, daysBetween(day, surroundings.today)); // today is not over yet
  if (days < 1) return null;
  const before = metricQuestion(note, surroundings, { from: addDays(day, -days), to: addDays(day, -1) });
  const after = metricQuestion(note, surroundings, { from: day, to: addDays(day, days - 1) });
  return before === null || after === null ? null : { before, after, days };
}

function metricQuestion(
  { target, anchor }: Asked,
  { environment }: Surroundings,
  range: DateSpan,
): QuerySpecInput | null {
  const metric = target?.metric ?? null;
  if (target === null || metric === null || !isMetricId(metric) || !TOTALS.has(metric)) return null;
  const cohort = target['cohort'];
  return {
    kind: 'trend',
    environment,
    range,
    filters: [...target.filters, ...anchorFilters(anchor)],
    cohort: typeof cohort === 'string' ? cohortRefOf(parseCohortChoice(cohort) ?? 'all') : null,
    interval: 'day',
    display: 'total',
    series: [{ measure: metric }],
  };
}

/** Metrics with one number for a range. */
const TOTALS = new Set<string>(['capture_rate', 'completed_sessions', 'captured_reactions', 'active_users']);

function anchorFilters(anchor: Asked['anchor']): Filter[] {
  if (anchor?.kind === 'practice') return [{ property: 'practice_id', op: 'is', value: anchor.id }];
  if (anchor?.kind === 'master') return [{ property: 'master_id', op: 'is', value: anchor.id }];
  return [];
}
