import type { Filter } from '../../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { BAR_FIELDS, commonParts } from '../../state/question-parts.ts';
import { requiredBefore } from './columns.ts';
import { type FunnelAsked, stepsQuestion, trendQuestion } from './questions.ts';

/**
 * What those did next who got to a step but not to the one after.
 * People: their first other event after they first did the step, whenever it came.
 * Other units are followed through their people: the next other event within half an hour*, each time that one of the
 * units did the step. A count lists its members only where a day has at most 10,000 of them.
 */
export type NextPlan =
  | { of: 'people'; next: QuerySpecInput; start: StepStart }
  | { of: 'units'; members: QuerySpecInput; start: StepStart }
  /** A step of any event, or of several types: nothing has one name to start from. */
  | { of: 'nobody' };

/** The step that was done in vain. */
export interface StepStart {
  eventType: string;
  /** What an event of that type must fulfil to be the step. */
  filters: Filter[];
}

export const NEXT_WITHIN_MINUTES = 30; // * as a sitting ends
export const MOST_LISTED_UNITS = 10_000; // what a filter takes
const WHENEVER_MINUTES = 525_600; // the longest gap that a question takes
/** Items of a sitting that are followed; what lies beyond is counted as the remainder. */
const MOST_ITEMS = 50;

export function planNext(asked: FunnelAsked, step: number): NextPlan {
  const { definition } = asked;
  const before = requiredBefore(definition, step);
  const from = before === null ? undefined : definition.steps[before];
  if (before === null || from?.event == null) return { of: 'nobody' };
  const start: StepStart = {
    eventType: from.event,
    filters: [...(from.filters ?? []), ...commonParts(asked, asked.skipped).filters],
  };
  if (definition.unit !== 'user') {
    return {
      of: 'units',
      start,
      members: { ...trendQuestion(asked, before, step), compare: null, members: true },
    };
  }
  const question = { ...stepsQuestion(asked), compare: null };
  return {
    of: 'people',
    start,
    next: {
      kind: 'paths',
      ...commonParts(asked, BAR_FIELDS),
      cohort: { question, cell: { step, dropped: true } },
      filters: onlySuch(start),
      start: start.eventType,
      steps: 2,
      gapMinutes: WHENEVER_MINUTES,
    },
  };
}

export interface ListedUnits {
  /** Property that tells the units apart. */
  property: string;
  ids: readonly string[];
}

/** Everything that their people did, but of the step's type only what these units did. */
export const unitsNextQuestion = (
  asked: FunnelAsked,
  start: StepStart,
  units: ListedUnits,
): QuerySpecInput => ({
  kind: 'paths',
  ...commonParts(asked, BAR_FIELDS),
  filters: onlySuch({ ...start, filters: [...start.filters, isListed(units)] }),
  steps: MOST_ITEMS,
  gapMinutes: NEXT_WITHIN_MINUTES,
});

/** How often these units did the step. */
export const unitsDidQuestion = (
  asked: FunnelAsked,
  { eventType, filters }: StepStart,
  units: ListedUnits,
): QuerySpecInput => ({
  kind: 'trend',
  ...commonParts(asked, BAR_FIELDS),
  display: 'total',
  series: [
    { event: eventType, filters: [...filters, isListed(units), { property: 'user_id', op: 'is_set' }] },
  ],
});

const isListed = ({ property, ids }: ListedUnits): Filter => ({ property, op: 'is', value: [...ids] });

/** All events, but of one type only those that fulfil its filters. */
const onlySuch = ({ eventType, filters }: StepStart): Filter[] =>
  filters.map((filter) => ({
    any: [{ property: 'event_type', op: 'is_not' as const, value: eventType }, filter],
  }));
