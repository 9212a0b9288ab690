import { z } from 'zod';
import { commonFields, Interval, members, PropertyName, refuse } from '../common-spec.ts';
import { eventRefFields, requireOneEvent } from '../filter.ts';

const MOST_STEPS = 20;
const MOST_EXCLUSIONS = 10;

export const WINDOW_UNITS = ['second', 'minute', 'hour', 'day', 'week', 'month'] as const;
export type WindowUnit = (typeof WINDOW_UNITS)[number];

/** Elapsed time, not calendar: a day is 24 hours, a month 30 days. */
export const WINDOW_UNIT_MS: Readonly<Record<WindowUnit, number>> = {
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 7 * 86_400_000,
  month: 30 * 86_400_000,
};

const FunnelStep = z
  .strictObject({
    ...eventRefFields,
    name: z.string().min(1).max(200).optional(),
    optional: z.boolean().default(false).meta({ description: 'Counts when done in place, never blocks.' }),
    first: z.enum(['ever', 'matching']).optional().meta({
      description:
        'ever: only the earliest event of the type over all time, if it matches; matching: only the earliest matching event.',
    }),
  })
  .superRefine(requireOneEvent);

const StepIndex = z
  .int()
  .min(0)
  .max(MOST_STEPS - 1);

const Exclusion = z
  .strictObject({
    ...eventRefFields,
    after: StepIndex.default(0),
    before: StepIndex.optional().meta({ description: 'Default: the last step.' }),
  })
  .superRefine(requireOneEvent);

export const FunnelUnit = z.union(
  [z.literal('user'), z.literal('session'), z.strictObject({ property: PropertyName })],
  { error: 'expected "user", "session" or { property }' },
);
export type FunnelUnit = z.infer<typeof FunnelUnit>;

const Attribution = z.union([z.enum(['first', 'last', 'each']), z.strictObject({ step: StepIndex })], {
  error: 'expected "first", "last", "each" or { step }',
});

const ConversionWindow = z.strictObject({
  value: z.int().min(1).max(1_000_000),
  unit: z.enum(WINDOW_UNITS),
});

export const FunnelSpec = z
  .strictObject({
    kind: z.literal('funnel'),
    ...commonFields,
    interval: Interval.default('day').meta({ description: 'Of a trend.' }),
    unit: FunnelUnit.default('user'),
    order: z.enum(['ordered', 'strict', 'unordered']).default('ordered'),
    steps: z.array(FunnelStep).min(1).max(MOST_STEPS),
    window: ConversionWindow.default({ value: 14, unit: 'day' }).meta({
      description: 'From the first step, end inclusive; elapsed time.',
    }),
    exclusions: z.array(Exclusion).max(MOST_EXCLUSIONS).default([]),
    holdConstant: z.array(PropertyName).max(5).default([]).meta({
      description: 'Properties that every step of a try must share with its first.',
    }),
    attribution: Attribution.default('first').meta({ description: 'Of a breakdown.' }),
    show: z.enum(['steps', 'trend', 'time']).default('steps'),
    fromStep: StepIndex.default(0),
    toStep: StepIndex.optional().meta({ description: 'Default: the last step.' }),
    bins: z.int().min(1).max(1_000).optional().meta({ description: 'Of a time; default ⌈∛samples⌉.' }),
    members,
  })
  .superRefine(checkFunnel);
export type FunnelSpec = z.infer<typeof FunnelSpec>;

export const windowMs = ({ window }: Pick<FunnelSpec, 'window'>): number =>
  window.value * WINDOW_UNIT_MS[window.unit];

function checkFunnel(spec: z.infer<typeof FunnelSpec>, context: z.RefinementCtx): void {
  const last = spec.steps.length - 1;
  checkSteps(spec, context);
  checkExclusions(spec, last, context);
  const to = spec.toStep ?? last;
  if (to > last) refuse(context, ['toStep'], `is beyond the last step (${last})`);
  else if (spec.show !== 'steps' && spec.fromStep >= to)
    refuse(context, ['fromStep'], `is not before toStep (${to})`);
  else if (spec.fromStep > to) refuse(context, ['fromStep'], `is after toStep (${to})`);
  if (typeof spec.attribution === 'object') {
    const { step } = spec.attribution;
    if (step > last) refuse(context, ['attribution', 'step'], `is beyond the last step (${last})`);
    if (spec.order === 'unordered' && step > 0)
      refuse(
        context,
        ['attribution', 'step'],
        'has no fixed place in an unordered funnel; only step 0, which starts a try, has',
      );
  }
}

function checkSteps({ steps, order }: z.infer<typeof FunnelSpec>, context: z.RefinementCtx): void {
  for (const [index, { optional }] of steps.entries()) {
    if (!optional) continue;
    const path = ['steps', index, 'optional'];
    if (index === 0) refuse(context, path, 'of the first step makes no sense: a try begins with it');
    if (order === 'unordered')
      refuse(context, path, 'of an unordered funnel makes no sense: its steps have no place');
  }
}

function checkExclusions(
  { exclusions, order }: z.infer<typeof FunnelSpec>,
  last: number,
  context: z.RefinementCtx,
): void {
  for (const [index, { after, before = last }] of exclusions.entries()) {
    const path = ['exclusions', index];
    if (before > last) refuse(context, [...path, 'before'], `is beyond the last step (${last})`);
    else if (after >= before) refuse(context, [...path, 'after'], `is not before step ${before}`);
    else if (order === 'unordered' && (after > 0 || before < last))
      refuse(context, path, 'of an unordered funnel spans the whole of it');
  }
}
