import { chiSquareTail } from './distributions.ts';
import { divide } from './exact.ts';
import { expanded } from './expand.ts';
import { armsOfExposures, exposuresOf } from './experiment-exposures.ts';
import { answerPlan } from './experiment-plan.ts';
import { type Arm, compareArms, controlResult } from './experiment-test.ts';
import { EVERYTHING } from './line.ts';
import type { Question } from './question.ts';
import { Refused } from './refused.ts';
import type { ExperimentSample, ExperimentSpec } from './types.ts';
import { userMeasureOf } from './user-measure.ts';

/** What a change did: from exposure events, from finished samples, or what a plan promises. */
export function answerExperiment(spec: ExperimentSpec, question: Question): object {
  const { plan, samples, experiment_id: id, metric, weights } = spec;
  if ([plan, samples, id].filter((way) => way !== undefined).length !== 1) {
    throw new Refused('one of plan, samples and experiment_id');
  }
  if (id === undefined && (spec.breakdown || spec.compare || spec.cuped)) throw new Refused('no events');
  if (plan) return answerPlan(plan, spec);
  if (samples) {
    if (weights && weights.length !== samples.length) throw new Refused('one weight for each sample');
    const [control, ...others] = samples.map(armOfSample);
    if (control === undefined) throw new Refused('no sample');
    return resultOf(
      spec,
      [control, ...others].map((variant) => ({ control, variant })),
    );
  }
  if (id === undefined || !metric) throw new Refused('an experiment needs a metric');
  const measure = userMeasureOf(metric, question);
  const exposures = exposuresOf(id, measure.types, question);
  return expanded(
    {
      answer: (range, line) =>
        resultOf(spec, armsOfExposures(exposures(range, line), spec, { measure, range })),
      values: (naming, range) => exposures(range, EVERYTHING).map(({ row }) => naming.of(row)),
      units: (line, range) => exposures(range, line).length,
      omitsEmpty: true,
    },
    spec.breakdown,
    question,
  );
}

/** Without squares the values are 0 and 1; without a sum nothing was measured. */
function armOfSample({ name, n, sum, sumSquares }: ExperimentSample): Arm {
  const mean = sum === undefined ? null : divide(sum, n);
  if (sum === undefined || mean === null) return { name, n, mean: null, variance: 0, shift: 0 };
  if (sumSquares === undefined) return { name, n, mean, variance: mean * (1 - mean), shift: 0 };
  return { name, n, mean, variance: n < 2 ? 0 : (sumSquares - (sum * sum) / n) / (n - 1), shift: 0 };
}

/** The first pair is the control with itself. */
function resultOf(spec: ExperimentSpec, pairs: readonly { control: Arm; variant: Arm }[]): object {
  const users = pairs.map(({ variant }) => variant.n);
  return {
    sampleRatio: { pValue: sampleRatio(users, spec.weights ?? users.map(() => 1)) },
    variants: pairs.map(({ control, variant }, index) =>
      index === 0 ? controlResult(variant) : compareArms(control, variant, spec),
    ),
  };
}

/** Chi-square against the weights; a variant with weight that nobody saw counts, one without weight does not. */
function sampleRatio(users: readonly number[], weights: readonly number[]): number {
  const asked = weights
    .map((weight, index) => ({ weight, seen: users[index] ?? 0 }))
    .filter(({ weight }) => weight > 0);
  const allSeen = asked.reduce((sum, { seen }) => sum + seen, 0);
  const allWeight = asked.reduce((sum, { weight }) => sum + weight, 0);
  if (asked.length < 2 || allSeen === 0) return 1;
  const terms = asked.map(({ weight, seen }) => {
    const expected = (weight / allWeight) * allSeen;
    return (seen - expected) ** 2 / expected;
  });
  return chiSquareTail(
    terms.reduce((sum, term) => sum + term, 0),
    asked.length - 1,
  );
}
