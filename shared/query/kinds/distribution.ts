import { z } from 'zod';
import { commonFields, PropertyName } from '../common-spec.ts';
import { eventOrName } from './lifecycle.ts';

export const DistributionSpec = z.strictObject({
  kind: z.literal('distribution'),
  ...commonFields,
  event: eventOrName(),
  property: PropertyName,
  quantiles: z.array(z.number().min(0).max(1)).max(100).default([0.5, 0.95, 0.99]),
  bins: z.int().min(1).max(1_000).optional().meta({ description: 'Default ⌈∛n⌉.' }),
});
export type DistributionSpec = z.infer<typeof DistributionSpec>;
