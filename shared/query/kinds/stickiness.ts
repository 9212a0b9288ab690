import { z } from 'zod';
import { commonFields, Interval, members } from '../common-spec.ts';
import { Occurrences } from '../cohort.ts';
import { eventOrName } from './lifecycle.ts';

export const StickinessSpec = z.strictObject({
  kind: z.literal('stickiness'),
  ...commonFields,
  interval: Interval.default('day'),
  event: eventOrName(),
  buckets: z
    .strictObject({ count: z.int().min(1).max(1_000).default(1) })
    .default({ count: 1 })
    .meta({
      description: 'So many intervals form one bucket.',
    }),
  occurrences: Occurrences.default({ op: 'gte', value: 1 }).meta({
    description: 'Events that make a bucket count.',
  }),
  cumulative: z.boolean().default(false),
  members,
});
export type StickinessSpec = z.infer<typeof StickinessSpec>;
