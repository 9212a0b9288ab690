import { z } from 'zod';
import { Filters } from '../query/filter.ts';

/** What is watched, what a rule says of it, and how an alert behaves: the schemas of saved rules. */

/** Measures of a trend that can be watched without writing a question. */
export const WATCH_MEASURES = [
  'capture_rate',
  'state_share',
  'events',
  'completed_sessions',
  'captured_reactions',
  'active_users',
  'error_rate',
  'latency_p50',
  'latency_p95',
  'latency_p99',
] as const;
export const WatchMeasure = z.enum(WATCH_MEASURES);
export type WatchMeasure = z.infer<typeof WatchMeasure>;

export const WatchInterval = z.enum(['hour', 'day']);
export type WatchInterval = z.infer<typeof WatchInterval>;

/** One number per bucket: a measure of some slice, or what a saved question answers. */
export const Subject = z.union([
  z.strictObject({
    measure: WatchMeasure,
    filters: Filters,
    /** Only of `state_share`: the state that is counted. */
    state: z.string().min(1).max(64).nullable().default(null),
    interval: WatchInterval.default('day'),
  }),
  z.strictObject({
    /** A question of QUERY.md; its range is set by whoever asks it. */
    question: z.record(z.string(), z.unknown()),
    /** Which number of it: the step of a funnel's trend, the column of a retention table. */
    column: z.int().min(0).max(1_000).default(1),
    name: z.string().trim().min(1).max(200),
    interval: WatchInterval.default('day'),
  }),
]);
export type Subject = z.infer<typeof Subject>;

export const Side = z.enum(['below', 'above']);
export type Side = z.infer<typeof Side>;

export const Condition = z.discriminatedUnion('kind', [
  /** Rates as ratios: 0.85 is 85 %. */
  z.strictObject({
    kind: z.literal('threshold'),
    side: Side,
    value: z.number(),
    /** How far back inside the value must come to end it: a value that trembles on the line is one alert. */
    clearMargin: z.number().min(0).default(0),
  }),
  /** Against the same bucket one day, one week or four weeks earlier. */
  z.strictObject({
    kind: z.literal('relative'),
    side: Side,
    changeRatio: z.number().gt(0).max(100),
    daysBack: z.union([z.literal(1), z.literal(7), z.literal(28)]).default(7),
  }),
  /** Outside what the same hours or weekdays of the last 28 days lead to expect, 99 of 100. */
  z.strictObject({ kind: z.literal('seasonal'), side: z.enum(['below', 'above', 'both']).default('both') }),
  /** The share of one state above what is expected and by at least this many points, as a ratio. */
  z.strictObject({ kind: z.literal('spike'), leastRise: z.number().min(0).max(1).default(0.03) }),
  /** At least so many expected events are missing and none came. */
  z.strictObject({ kind: z.literal('missing'), leastMissing: z.number().min(1).max(1e9).default(15) }),
]);
export type Condition = z.infer<typeof Condition>;

const HOUR_MS = 3_600_000;

export const AlertRule = z.strictObject({
  name: z.string().trim().min(1).max(200),
  subject: Subject,
  condition: Condition,
  /** Buckets in a row that must fail before it fires. */
  forBuckets: z.int().min(1).max(90).default(1),
  /** Buckets of a smaller n wait: they neither fail nor pass. */
  leastN: z.int().min(0).max(1e9).default(200),
  /** After it ended it does not fire again for so long. */
  coolDownMs: z
    .int()
    .min(0)
    .max(90 * 24 * HOUR_MS)
    .default(24 * HOUR_MS),
  mutedUntil: z.iso.datetime().nullable().default(null),
  whenLate: z.enum(['hold', 'judge']).default('hold'),
  /** Whom it tells, by the names of channels. */
  channels: z.array(z.string().min(1).max(64)).max(20).default([]),
});
export type AlertRule = z.infer<typeof AlertRule>;
export type AlertRuleInput = z.input<typeof AlertRule>;

export const LABELS = ['true', 'expected', 'false'] as const;
export const Label = z.enum(LABELS);
export type Label = z.infer<typeof Label>;
