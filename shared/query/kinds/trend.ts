import { z } from 'zod';
import { isMetricId } from '../../domain/metrics.ts';
import { commonFields, Interval, PropertyName, refuse } from '../common-spec.ts';
import { EventRef, eventRefFields, requireOneEvent } from '../filter.ts';
import { parseFormula } from '../formula.ts';

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
    property: PropertyName.optional().meta({
      description: 'What sum, mean, min, max and quantile are taken of.',
    }),
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

function checkFormulas(spec: { series: unknown[]; formulas: string[] }, context: z.RefinementCtx): void {
  spec.formulas.forEach((text, index) => {
    const parsed = parseFormula(text, spec.series.length);
    if (!parsed.ok) refuse(context, ['formulas', index], parsed.message);
  });
}

function checkSeries(series: z.infer<typeof TrendSeries>, context: z.RefinementCtx): void {
  const { measure } = series;
  const needsProperty = (PROPERTY_MEASURES as readonly string[]).includes(measure);
  if (!isMetricId(measure)) requireOneEvent(series, context);
  if (needsProperty && series.property === undefined)
    refuse(context, ['property'], `is missing; measure ${measure} needs it`);
  if (measure === 'quantile' && series.q === undefined)
    refuse(context, ['q'], 'is missing; a quantile needs it, 0 to 1');
  if (measure === 'ratio' && series.of === undefined)
    refuse(context, ['of'], 'is missing; a ratio needs its denominator');
}
