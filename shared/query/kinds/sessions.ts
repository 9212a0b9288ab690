import { z } from 'zod';
import { commonFields, Interval } from '../common-spec.ts';
import { Filters } from '../filter.ts';

export const SESSION_MEASURES = [
  'sessions',
  'users',
  'views',
  'bounce_rate',
  'mean_duration',
  'views_per_session',
] as const;
export type SessionMeasure = (typeof SESSION_MEASURES)[number];

export const SessionsSpec = z.strictObject({
  kind: z.literal('sessions'),
  ...commonFields,
  interval: Interval.optional(),
  gapMinutes: z.number().positive().max(1_440).default(30),
  entryFilters: Filters.meta({ description: 'On the first event of a session.' }),
  passive: z
    .array(z.string().min(1).max(64))
    .max(100)
    .default([])
    .meta({ description: 'Event types that neither prolong a session nor end a bounce.' }),
  measures: z
    .array(z.enum(SESSION_MEASURES))
    .min(1)
    .default([...SESSION_MEASURES]),
});
export type SessionsSpec = z.infer<typeof SessionsSpec>;
