import type {
  BayesianResult,
  ExperimentComparison,
  ExperimentPlanResult,
  VariantResult,
} from '../../../../shared/query/kind-answers.ts';
import {
  DEFAULT_TUNING,
  type ExperimentPlan,
  type ExperimentSample,
  type ExperimentSpec,
} from '../../../../shared/query/kinds/experiment.ts';
import {
  effectOf,
  fixedTest,
  minimumEffectOf,
  posteriorOf,
  powerOf,
  sampleOfProportion,
  sampleOfSums,
  sampleRatioPValue,
  type SampleMean,
  sequentialTest,
  whyIncomparable,
} from '../../../../shared/stats/experiment.ts';

export interface NamedSample {
  name: string;
  n: number;
  /** What the effect is measured from; null where the sample gives none. */
  sample: SampleMean | null;
}

/** A variant and the control as they are compared: adjusting for the time before is a matter of the two. */
export interface ComparedSamples {
  control: NamedSample;
  variant: NamedSample;
}

export function readSample({ name, n, sum, sumSquares }: ExperimentSample): NamedSample {
  if (sum === undefined) return { name, n, sample: null };
  const sample = sumSquares === undefined ? sampleOfProportion(n, sum) : sampleOfSums(n, sum, sumSquares);
  return { name, n, sample };
}

/** The first pair is the control with itself. */
export function compareSamples(
  spec: ExperimentSpec,
  pairs: readonly ComparedSamples[],
): ExperimentComparison {
  const users = pairs.map(({ variant }) => variant.n);
  return {
    sampleRatio: { pValue: sampleRatioPValue(users, spec.weights ?? users.map(() => 1)) },
    variants: pairs.map(({ control, variant }, index) =>
      index === 0 ? controlResult(variant) : compare(spec, control, variant),
    ),
  };
}

const controlResult = (sample: NamedSample): VariantResult => ({
  name: sample.name,
  n: sample.n,
  mean: sample.sample?.mean ?? null,
  effect: null,
  standardError: null,
  low: null,
  high: null,
  pValue: null,
  sequential: null,
  bayesian: null,
  reason: null,
});

function compare(spec: ExperimentSpec, control: NamedSample, variant: NamedSample): VariantResult {
  const reason = whyIncomparable(control.sample, variant.sample, spec);
  if (reason !== null || control.sample === null || variant.sample === null)
    return neutralResult(spec, variant, reason ?? 'the samples cannot be compared');
  const isRelative = spec.difference === 'relative';
  const effect = effectOf(control.sample, variant.sample, isRelative);
  const users = control.sample.n + variant.sample.n;
  const tuning = tuningOf(spec);
  return {
    name: variant.name,
    n: variant.n,
    mean: variant.sample.mean,
    effect: effect.effect,
    standardError: effect.standardError,
    ...fixedTest(effect, spec),
    sequential: tuning === null ? null : sequentialTest(effect, { ...spec, tuning, users }),
    bayesian:
      posteriorOf(effect, {
        prior: spec.prior,
        scale: isRelative ? 1 : Math.abs(control.sample.mean),
        alpha: spec.alpha,
      }) ?? NEUTRAL_POSTERIOR,
    reason: null,
  };
}

const tuningOf = ({ sequential }: ExperimentSpec): number | null =>
  sequential === null ? null : (sequential?.tuning ?? DEFAULT_TUNING);

const NEUTRAL_POSTERIOR: BayesianResult = {
  effect: null,
  standardError: null,
  low: null,
  high: null,
  chanceToWin: 0.5,
  risk: { keep: null, switch: null },
};

/** Nothing can be said: a neutral result with the reason. */
function neutralResult(spec: ExperimentSpec, variant: NamedSample, reason: string): VariantResult {
  return {
    ...controlResult(variant),
    pValue: 1,
    sequential: tuningOf(spec) === null ? null : { low: null, high: null, pValue: 1 },
    bayesian: NEUTRAL_POSTERIOR,
    reason,
  };
}

/** Before the start: the power of an effect, or the smallest effect of a power. */
export function planExperiment(spec: ExperimentSpec, plan: ExperimentPlan): ExperimentPlanResult {
  const { mean, users, variants } = plan;
  const variance = plan.variance ?? mean * (1 - mean);
  const { difference, alternative, alpha } = spec;
  const options = {
    difference,
    alternative,
    alpha,
    mean,
    variance,
    users,
    variants,
    tuning: spec.sequential?.tuning ?? null,
  };
  const given = 'effect' in plan ? { minimumEffect: plan.effect } : { power: plan.power };
  const reason = whyUnplannable(spec, { mean, variance, users });
  if (reason !== null) return { power: null, minimumEffect: null, ...given, reason };
  if ('effect' in plan)
    return { power: powerOf(options, plan.effect), minimumEffect: plan.effect, reason: null };
  if (plan.power <= alpha)
    return { power: plan.power, minimumEffect: null, reason: 'the power is not above alpha' };
  const minimumEffect = minimumEffectOf(options, plan.power);
  return {
    power: plan.power,
    minimumEffect,
    reason: minimumEffect === null ? 'too few users for any effect to be found with that power' : null,
  };
}

function whyUnplannable(
  { difference }: ExperimentSpec,
  { mean, variance, users }: { mean: number; variance: number; users: number },
): string | null {
  if (!(variance > 0)) return 'the metric has no variance';
  if (difference === 'relative' && mean === 0) return 'the mean is 0';
  return users === 0 ? 'there are no users' : null;
}
