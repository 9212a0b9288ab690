import { daysBetween } from '../../../shared/format/calendar.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type FilterField, FILTER_FIELDS, type ViewAddress } from '../../state/address.ts';
import type { DateSpan } from '../../state/date-presets.ts';
import { MAX_DAILY_BUCKETS } from '../../state/display-settings.ts';

/** What the Practices view asks. A tile skips the clause that it sets itself, so that what was clicked stays in sight
 *  beside what was not. */

export const FIELD_PROPERTY = {
  locale: 'locale',
  release: 'app_version',
  practice: 'practice_id',
  master: 'master_id',
  state: 'state',
} as const satisfies Record<FilterField, string>;

export interface Asked {
  address: ViewAddress;
  environment: string;
  span: DateSpan;
}

export interface PracticeQuestions {
  captureRate: QuerySpecInput;
  reactionStates: QuerySpecInput;
  statesByPractice: QuerySpecInput;
  masterImpact: QuerySpecInput;
  statesByMaster: QuerySpecInput;
}

export const SERIES = { rate: 'rate', reactions: 'reactions', sessions: 'sessions' } as const;

export const bucketOf = ({ from, to }: DateSpan): 'day' | 'week' =>
  daysBetween(from, to) < MAX_DAILY_BUCKETS ? 'day' : 'week';

export function practiceQuestions(asked: Asked): PracticeQuestions {
  const interval = bucketOf(asked.span);
  const compare = compareOf(asked.address);
  return {
    captureRate: {
      kind: 'trend',
      ...common(asked, []),
      interval,
      compare,
      series: [
        { name: SERIES.rate, measure: 'capture_rate' },
        { name: SERIES.reactions, measure: 'captured_reactions' },
        { name: SERIES.sessions, measure: 'completed_sessions' },
      ],
    },
    reactionStates: {
      kind: 'states',
      ...common(asked, ['state']),
      interval,
      compare,
      groupBy: 'practice_id',
    },
    statesByPractice: { kind: 'states', ...common(asked, ['practice', 'state']), groupBy: 'practice_id' },
    masterImpact: {
      kind: 'trend',
      ...common(asked, ['master', 'state']),
      interval,
      display: 'total',
      series: [{ measure: 'master_impact' }],
      breakdown: { property: 'master_id', limit: 100 },
    },
    statesByMaster: { kind: 'states', ...common(asked, ['master', 'state']), groupBy: 'master_id' },
  };
}

/** How many sessions there are without one of the set filters, to say which of them excludes the rest. */
export function sessionsQuestion(asked: Asked, skipped: FilterField | 'cohort' | null): QuerySpecInput {
  const { cohort, ...rest } = common(asked, skipped === null || skipped === 'cohort' ? [] : [skipped]);
  return {
    kind: 'trend',
    ...rest,
    cohort: skipped === 'cohort' ? null : cohort,
    display: 'total',
    series: [{ name: SERIES.sessions, measure: 'completed_sessions' }],
  };
}

function common({ address, environment, span }: Asked, skipped: FilterField[]) {
  return {
    environment,
    range: { from: span.from, to: span.to },
    filters: filtersOf(address, skipped),
    cohort: address.cohort === 'all' ? null : { new: address.cohort === 'new' },
  };
}

function filtersOf({ filters }: ViewAddress, skipped: FilterField[]): Filter[] {
  return FILTER_FIELDS.filter((field) => filters[field].length > 0 && !skipped.includes(field)).map(
    (field) => ({
      property: FIELD_PROPERTY[field],
      op: 'is' as const,
      value: filters[field],
    }),
  );
}

function compareOf({ compare }: ViewAddress) {
  if (compare === 'none') return null;
  return compare === 'previous' ? ('previous' as const) : { shiftDays: compare.shiftDays };
}
