import { z } from 'zod';
import { commonFields, Interval, members, PropertyName, refuse } from '../common-spec.ts';
import { EventRef } from '../filter.ts';

const MOST_PERIODS = 400;

const AggregateMeasure = z.enum(['sum', 'mean']);
const Aggregate = z.union(
  [
    z.strictObject({ measure: AggregateMeasure, property: PropertyName }),
    z.strictObject({ measure: AggregateMeasure, userProperty: PropertyName }),
  ],
  { error: 'expected { measure: "sum" or "mean" } with a property or userProperty' },
);

export const RetentionSpec = z
  .strictObject({
    kind: z.literal('retention'),
    ...commonFields,
    interval: Interval.default('day').meta({ description: 'The period.' }),
    anchor: EventRef,
    return: EventRef,
    type: z.enum(['recurring', 'first_time', 'first_ever']).default('recurring'),
    mode: z.enum(['calendar', 'rolling', '24h']).default('calendar'),
    cohorts: z.int().min(1).max(MOST_PERIODS).optional().meta({
      description: 'The last so many periods up to the range end; default: the periods of the range.',
    }),
    periods: z.int().min(1).max(MOST_PERIODS).optional().meta({
      description: 'Columns, the cohort itself included; default: as many as there are cohorts.',
    }),
    brackets: z.array(z.int().min(1).max(MOST_PERIODS)).min(1).max(100).optional().meta({
      description: 'Instead of periods: column 0, then columns of so many periods each.',
    }),
    minimumReturns: z.int().min(1).max(1_000_000).default(1),
    aggregate: Aggregate.optional(),
    members,
  })
  .superRefine(checkColumns);
export type RetentionSpec = z.infer<typeof RetentionSpec>;

function checkColumns(spec: z.infer<typeof RetentionSpec>, context: z.RefinementCtx): void {
  if (spec.periods !== undefined && spec.brackets !== undefined)
    refuse(context, ['brackets'], 'stand instead of periods; give one of the two');
}
