import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import type { FunnelDefinition } from '../../state/funnel-definition.ts';
import type { BreakdownChoice } from '../../state/funnels-address.ts';
import { type Asked, type BarField, commonParts, compareOf } from '../../state/question-parts.ts';
import { bucketOf } from '../../state/span-of.ts';

/** What the Funnels view asks of one definition. */
export interface FunnelAsked extends Asked {
  definition: FunnelDefinition;
  /** Filters that cannot apply to it. */
  skipped: readonly BarField[];
}

type FunnelQuestion = Extract<QuerySpecInput, { kind: 'funnel' }>;

/** As many bins as a question takes: they are joined on screen, where the tail is known. */
const FINEST_BINS = 1_000;
/** Values that small multiples and lists are made of; the rest is summed up. */
const MOST_GROUPS = 25;

export const stepsQuestion = (asked: FunnelAsked): FunnelQuestion => ({
  ...funnelParts(asked),
  compare: compareOf(asked.address),
});

export const trendQuestion = (asked: FunnelAsked, fromStep: number, toStep: number): FunnelQuestion => ({
  ...funnelParts(asked),
  compare: compareOf(asked.address),
  interval: bucketOf(asked.span),
  show: 'trend',
  fromStep,
  toStep,
});

export const timeQuestion = (asked: FunnelAsked, fromStep: number, toStep: number): FunnelQuestion => ({
  ...funnelParts(asked),
  compare: compareOf(asked.address),
  show: 'time',
  fromStep,
  toStep,
  bins: FINEST_BINS,
});

export const groupsQuestion = (asked: FunnelAsked, breakdown: BreakdownChoice): FunnelQuestion => ({
  ...funnelParts(asked),
  breakdown: breakdownOf(breakdown),
});

/** How many would enter without one of the set filters. */
export const entriesQuestion = (asked: FunnelAsked, without: BarField): FunnelQuestion => {
  const [first] = asked.definition.steps;
  const skipped = [...asked.skipped, without];
  return {
    ...funnelParts({ ...asked, skipped }),
    steps: first === undefined ? [] : [first],
    exclusions: [],
    attribution: 'first',
  };
};

const breakdownOf = ({ source, property }: BreakdownChoice) =>
  source === 'user' ? { userProperty: property, limit: MOST_GROUPS } : { property, limit: MOST_GROUPS };

const funnelParts = (asked: FunnelAsked): FunnelQuestion => ({
  kind: 'funnel',
  ...commonParts(asked, asked.skipped),
  ...asked.definition,
});
