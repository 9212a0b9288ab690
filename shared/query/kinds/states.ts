import { z } from 'zod';
import { commonFields, Interval, PropertyName } from '../common-spec.ts';

export const StatesSpec = z.strictObject({
  kind: z.literal('states'),
  ...commonFields,
  groupBy: PropertyName.default('practice_id').meta({
    description: 'practice_id, master_id or any property.',
  }),
  interval: Interval.optional().meta({
    description: 'With it every number becomes a list beside `buckets`.',
  }),
});
export type StatesSpec = z.infer<typeof StatesSpec>;
