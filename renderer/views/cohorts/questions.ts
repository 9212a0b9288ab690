import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import type { CohortsState, CohortType } from '../../state/cohorts-address.ts';
import { type Asked, type BarField, commonParts, compareOf } from '../../state/question-parts.ts';
import type { BreakdownChoice } from '../../state/funnels-address.ts';

/** What the Cohorts view asks. */
export interface CohortsAsked extends Asked {
  /** Filters that cannot apply. */
  skipped: readonly BarField[];
}

type RetentionQuestion = Extract<QuerySpecInput, { kind: 'retention' }>;

/** Columns that are drawn unless a later one is looked at; column 0 included. */
const COLUMNS = { day: 15, week: 13, month: 13 } as const;
const MOST_GROUPS = 12;

export function retentionQuestion(asked: CohortsAsked, type: CohortType): RetentionQuestion {
  const { cohorts } = asked.address;
  return {
    kind: 'retention',
    ...commonParts(asked, asked.skipped),
    compare: compareOf(asked.address),
    interval: cohorts.interval,
    anchor: { event: cohorts.anchor },
    return: { event: cohorts.return },
    type,
    mode: cohorts.mode,
    minimumReturns: cohorts.minimumReturns,
    ...columnsOf(cohorts),
  };
}

function columnsOf({ brackets, interval, column }: CohortsState) {
  return brackets === null ? { periods: Math.max(COLUMNS[interval], column + 1) } : { brackets };
}

/** Those whose earliest reaction ever was this one, from the period of that reaction on. */
export const firstReactionQuestion = (asked: CohortsAsked, state: string): RetentionQuestion => ({
  ...retentionQuestion(asked, 'first_ever'),
  compare: null,
  anchor: { event: 'reaction_captured', filters: [{ property: 'state', op: 'is', value: state }] },
});

/** Those without any reaction so far, from their first anchor event on. */
export const noReactionQuestion = (asked: CohortsAsked): RetentionQuestion => ({
  ...retentionQuestion(asked, 'first_time'),
  compare: null,
  cohort: { all: [{ did: { event: 'reaction_captured' }, not: true }] },
});

/** The same cohorts taken apart. */
export const cohortGroupsQuestion = (
  asked: CohortsAsked,
  { source, property }: BreakdownChoice,
): RetentionQuestion => ({
  ...retentionQuestion(asked, asked.address.cohorts.type),
  compare: null,
  breakdown:
    source === 'user' ? { userProperty: property, limit: MOST_GROUPS } : { property, limit: MOST_GROUPS },
});

export const lifecycleQuestion = (asked: CohortsAsked): QuerySpecInput => ({
  kind: 'lifecycle',
  ...commonParts(asked, asked.skipped),
  interval: asked.address.cohorts.interval,
  event: { event: asked.address.cohorts.return },
});

/** By day, whatever the cohorts are cut by: how regular people are within a month. */
export const stickinessQuestion = (asked: CohortsAsked): QuerySpecInput => ({
  kind: 'stickiness',
  ...commonParts(asked, asked.skipped),
  compare: compareOf(asked.address),
  interval: asked.address.cohorts.interval,
  event: { event: asked.address.cohorts.return },
});

/** People who did the anchor event, without one of the set filters. */
export const peopleQuestion = (asked: CohortsAsked, without: BarField): QuerySpecInput => ({
  kind: 'trend',
  ...commonParts(asked, [...asked.skipped, without]),
  display: 'total',
  series: [{ event: asked.address.cohorts.anchor, measure: 'users' }],
});
