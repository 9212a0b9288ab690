import { z } from 'zod';
import { commonFields, refuse } from '../common-spec.ts';
import { TrendSeries } from './trend.ts';

export const DEFAULT_TUNING = 5_000; // expected sample size at which the always-valid interval is narrowest

const Sample = z.strictObject({
  name: z.string().min(1).max(200),
  n: z.int().min(0),
  sum: z.number().optional().meta({
    description: 'Without it the sample takes part in the sample-ratio check only.',
  }),
  sumSquares: z.number().min(0).optional().meta({
    description: 'Without it the sample is a proportion, sum of n.',
  }),
});
export type ExperimentSample = z.infer<typeof Sample>;

const planFields = {
  mean: z.number(),
  variance: z.number().min(0).optional().meta({ description: 'Default: of a proportion, mean (1 − mean).' }),
  users: z.int().min(0).meta({ description: 'Of all variants, split evenly.' }),
  variants: z.int().min(2).max(100).default(2),
};
const Plan = z.union(
  [
    z.strictObject({ ...planFields, effect: z.number() }),
    z.strictObject({ ...planFields, power: z.number().gt(0).lt(1) }),
  ],
  { error: 'expected { mean, variance, users, variants } with an effect or a power' },
);
export type ExperimentPlan = z.infer<typeof Plan>;

const Prior = z.strictObject({ mean: z.number().default(0), variance: z.number().positive().default(0.1) });

export const ExperimentSpec = z
  .strictObject({
    kind: z.literal('experiment'),
    ...commonFields,
    experiment_id: z.string().min(1).max(256).optional(),
    metric: TrendSeries.optional(),
    control: z.string().min(1).max(200).optional().meta({
      description: 'Of exposures: the variant compared with; default: control, else the first by name.',
    }),
    cuped: z.boolean().default(false),
    samples: z.array(Sample).min(1).max(100).optional(),
    plan: Plan.optional(),
    weights: z.array(z.number().min(0)).min(1).max(100).optional(),
    difference: z.enum(['relative', 'absolute']).default('relative'),
    alternative: z.enum(['two-sided', 'greater', 'less']).default('two-sided'),
    alpha: z.number().gt(0).lt(1).default(0.05),
    sequential: z
      .strictObject({ tuning: z.number().positive().default(DEFAULT_TUNING) })
      .nullable()
      .optional()
      .meta({
        description: 'Interval valid at any time; default { tuning: 5000 }, of a plan null: a fixed horizon.',
      }),
    prior: Prior.nullable().default({ mean: 0, variance: 0.1 }).meta({
      description: 'Of the relative effect; null is flat.',
    }),
  })
  .superRefine(checkExperiment);
export type ExperimentSpec = z.infer<typeof ExperimentSpec>;

function checkExperiment(spec: z.infer<typeof ExperimentSpec>, context: z.RefinementCtx): void {
  const given = (['experiment_id', 'samples', 'plan'] as const).filter((key) => spec[key] !== undefined);
  const [first, second] = given;
  if (first === undefined)
    refuse(
      context,
      ['experiment_id'],
      'is missing; an experiment needs experiment_id and metric, samples or a plan',
    );
  else if (second !== undefined) refuse(context, [second], `stands instead of ${first}; give one of the two`);
  if (first === 'experiment_id' && spec.metric === undefined)
    refuse(context, ['metric'], 'is missing; an experiment measures a metric');
  if (first !== undefined && first !== 'experiment_id') checkUnexposed(spec, first, context);
  checkWeights(spec, context);
}

/** What only exposures can give. */
function checkUnexposed(spec: z.infer<typeof ExperimentSpec>, given: string, context: z.RefinementCtx): void {
  for (const key of ['metric', 'control'] as const)
    if (spec[key] !== undefined) refuse(context, [key], `makes no sense with ${given}`);
  if (spec.cuped) refuse(context, ['cuped'], `needs exposures; ${given} have no period before`);
  if (spec.breakdown !== null) refuse(context, ['breakdown'], `makes no sense with ${given}`);
  if (spec.compare !== null) refuse(context, ['compare'], `makes no sense with ${given}`);
}

function checkWeights({ weights, samples }: z.infer<typeof ExperimentSpec>, context: z.RefinementCtx): void {
  if (weights !== undefined && samples !== undefined && weights.length !== samples.length)
    refuse(context, ['weights'], `has ${weights.length} entries, not one per sample (${samples.length})`);
}
