import { z } from 'zod';
import { commonFields, Interval, members } from '../common-spec.ts';
import { EventRef } from '../filter.ts';

export const LIFECYCLE_STATUSES = ['new', 'returning', 'resurrected', 'dormant'] as const;
export type LifecycleStatus = (typeof LIFECYCLE_STATUSES)[number];

export const LifecycleSpec = z.strictObject({
  kind: z.literal('lifecycle'),
  ...commonFields,
  interval: Interval.default('day'),
  event: eventOrName(),
  members,
});
export type LifecycleSpec = z.infer<typeof LifecycleSpec>;

/** An event reference, or just the name of an event; null or nothing: any event. */
export function eventOrName() {
  return z
    .union([EventRef, z.string().min(1).max(64), z.null()], {
      error: 'expected the name of an event, null for any, or { event, filters }',
    })
    .default(null)
    .transform((event): EventRef => (typeof event === 'string' || event === null ? { event } : event));
}
