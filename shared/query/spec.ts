import { z } from 'zod';
import { isMetricId } from '../domain/metrics.ts';
import { parseDate } from '../time/calendar-date.ts';
import { EventRef, eventRefFields, Filters, requireOneEvent } from './filter.ts';
import { parseFormula } from './formula.ts';

/** The question format of QUERY.md: the single source of its types, validation and reference page. */

const INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})$/;

const RangeSide = z
  .string()
  .refine((side) => parseDate(side) !== null || isInstant(side), {
    error: 'is neither a date (2026-11-19) nor an instant with a zone (2026-11-19T12:00:00Z)',
  })
  .nullable()
  .meta({
    description: 'A date (that day is included on both sides) or an instant (half-open); null is unbounded.',
  });

export const Range = z
  .strictObject({ from: RangeSide.default(null), to: RangeSide.default(null) })
  .superRefine(checkOrder);
export type Range = z.infer<typeof Range>;

export const INTERVALS = ['hour', 'day', 'week', 'month'] as const;
export const Interval = z.enum(INTERVALS);
export type Interval = z.infer<typeof Interval>;

export const Zone = z.string().refine(isZone, { error: 'is not an IANA time zone' });
export const WeekStart = z.enum(['monday', 'sunday']);
export type WeekStart = z.infer<typeof WeekStart>;

const Limit = z
  .int()
  .min(1)
  .max(10_000)
  .default(25)
  .meta({ description: 'Values drawn; the rest is summed in `rest`.' });
const names = z.string().min(1).max(256);
export const Breakdown = z.union(
  [
    z.strictObject({
      property: z.union([names, z.array(names).min(1).max(5)], {
        error: 'expected the name of a property or a list of up to 5',
      }),
      limit: Limit,
    }),
    z.strictObject({ userProperty: names, limit: Limit }),
  ],
  { error: 'expected { property } or { userProperty }, with an optional limit' },
);
export type Breakdown = z.infer<typeof Breakdown>;

export const Compare = z.union(
  [
    z.literal('previous'),
    z.strictObject({ shiftDays: z.int().min(1).max(3_660) }),
    z.strictObject({ from: RangeSide, to: RangeSide }).superRefine(checkOrder),
  ],
  { error: 'expected "previous", { shiftDays } or { from, to }' },
);
export type Compare = z.infer<typeof Compare>;

/** Cohorts by id come with the cohort builder; new and returning are computed from `first_seen_at`. */
export const CohortRef = z.strictObject(
  {
    new: z.boolean().meta({ description: 'true: within 7 days of first_seen_at; false: later (returning).' }),
  },
  {
    error: (issue) =>
      issue.code === 'invalid_type'
        ? 'expected { "new": true } or { "new": false }; cohorts by id come with the cohort builder'
        : undefined,
  },
);

const commonFields = {
  environment: z.string().min(1).max(64).meta({ description: 'Exactly one; environments never mix.' }),
  range: Range.default({ from: null, to: null }),
  zone: Zone.optional().meta({ description: "IANA zone; default: the workspace's." }),
  weekStart: WeekStart.optional().meta({ description: "Default: the workspace's." }),
  filters: Filters.meta({ description: 'On every event that takes part.' }),
  userFilters: Filters.meta({ description: 'On the users dimension, latest values.' }),
  cohort: CohortRef.nullable().default(null),
  breakdown: Breakdown.nullable().default(null),
  compare: Compare.nullable().default(null),
};

const SIMPLE_MEASURES = ['events', 'users', 'sessions', 'weekly_active', 'monthly_active'] as const;
const PROPERTY_MEASURES = ['sum', 'mean', 'min', 'max', 'quantile'] as const;
export type Measure = (typeof SIMPLE_MEASURES)[number] | (typeof PROPERTY_MEASURES)[number] | 'ratio';
const MEASURES: readonly string[] = [...SIMPLE_MEASURES, ...PROPERTY_MEASURES, 'ratio'];

export const TrendSeries = z
  .strictObject({
    ...eventRefFields,
    name: z.string().min(1).max(200).optional(),
    measure: z
      .string()
      .refine((measure) => MEASURES.includes(measure) || isMetricId(measure), {
        error: `is neither a measure (${MEASURES.join(', ')}) nor a metric id`,
      })
      .default('events'),
    property: names.optional().meta({ description: 'What sum, mean, min, max and quantile are taken of.' }),
    q: z.number().min(0).max(1).optional(),
    of: EventRef.optional().meta({ description: 'Denominator of a ratio.' }),
  })
  .superRefine(checkSeries);
export type TrendSeries = z.infer<typeof TrendSeries>;

export const TrendSpec = z
  .strictObject({
    kind: z.literal('trend'),
    ...commonFields,
    interval: Interval.default('day'),
    series: z.array(TrendSeries).min(1).max(26),
    formulas: z
      .array(z.string().min(1).max(500))
      .max(26)
      .default([])
      .meta({ description: 'The series are A, B, C …; + - * / ( ) and numbers.' }),
    display: z.enum(['series', 'total', 'cumulative']).default('series'),
  })
  .superRefine(checkFormulas);
export type TrendSpec = z.infer<typeof TrendSpec>;

export const StatesSpec = z.strictObject({
  kind: z.literal('states'),
  ...commonFields,
  groupBy: names.default('practice_id').meta({ description: 'practice_id, master_id or any property.' }),
  interval: Interval.optional().meta({
    description: 'With it every number becomes a list beside `buckets`.',
  }),
});
export type StatesSpec = z.infer<typeof StatesSpec>;

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

export const QuerySpec = z.discriminatedUnion('kind', [TrendSpec, StatesSpec, SessionsSpec]);
/** A question with every default filled in. */
export type QuerySpec = z.infer<typeof QuerySpec>;
/** A question as people and views write it. */
export type QuerySpecInput = z.input<typeof QuerySpec>;
export type QueryKind = QuerySpec['kind'];

function isInstant(text: string): boolean {
  const date = INSTANT.exec(text)?.[1];
  return date !== undefined && parseDate(date) !== null && !Number.isNaN(Date.parse(text));
}

/** Two sides of one form; a date beside an instant is compared once the zone is known. */
function checkOrder(
  { from, to }: { from: string | null; to: string | null },
  context: z.RefinementCtx,
): void {
  if (from === null || to === null) return;
  const areDates = parseDate(from) !== null && parseDate(to) !== null;
  const areInstants = isInstant(from) && isInstant(to);
  const isEmpty = areDates ? from > to : areInstants && Date.parse(from) >= Date.parse(to);
  if (isEmpty) context.addIssue({ code: 'custom', path: ['to'], message: `is not after from (${from})` });
}

function checkFormulas(spec: { series: unknown[]; formulas: string[] }, context: z.RefinementCtx): void {
  spec.formulas.forEach((text, index) => {
    const parsed = parseFormula(text, spec.series.length);
    if (!parsed.ok) context.addIssue({ code: 'custom', path: ['formulas', index], message: parsed.message });
  });
}

function checkSeries(series: z.infer<typeof TrendSeries>, context: z.RefinementCtx): void {
  const { measure } = series;
  const needsProperty = (PROPERTY_MEASURES as readonly string[]).includes(measure);
  if (!isMetricId(measure)) requireOneEvent(series, context);
  if (needsProperty && series.property === undefined) {
    context.addIssue({
      code: 'custom',
      path: ['property'],
      message: `is missing; measure ${measure} needs it`,
    });
  }
  if (measure === 'quantile' && series.q === undefined) {
    context.addIssue({ code: 'custom', path: ['q'], message: 'is missing; a quantile needs it, 0 to 1' });
  }
  if (measure === 'ratio' && series.of === undefined) {
    context.addIssue({ code: 'custom', path: ['of'], message: 'is missing; a ratio needs its denominator' });
  }
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
