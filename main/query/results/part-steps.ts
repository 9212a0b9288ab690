import type { QuerySpec } from '../../../shared/query/spec.ts';
import type { PartStepName } from '../plan/part-steps.ts';
import type { Period } from '../plan/period.ts';
import type { Question } from '../plan/question.ts';
import type { Part } from '../plan/part.ts';
import { experimentPart } from './experiment/exposures.ts';
import { funnelPart } from './funnel/funnel-part.ts';
import { pathsPart } from './paths/paths.ts';
import { lifecyclePart } from './people/lifecycle.ts';
import { stickinessPart } from './people/stickiness.ts';
import { retentionPart } from './retention/retention-part.ts';

/** Who works out which step. */
const PART_STEPS = {
  funnel: funnelPart,
  retention: retentionPart,
  lifecycle: lifecyclePart,
  stickiness: stickinessPart,
  paths: pathsPart,
  experiment: experimentPart,
} satisfies Record<PartStepName, unknown>;

type AnyStep = (
  question: Question,
  spec: QuerySpec,
  period: Period,
  argument: unknown,
  part: Part,
) => Promise<unknown>;

/** Works one part of a step out; a step is asked for by the kind of question that it belongs to, with its argument. */
export function runPartStep(
  name: PartStepName,
  question: Question,
  period: Period,
  argument: unknown,
  part: Part,
): Promise<unknown> {
  const step = PART_STEPS[name] as AnyStep; // its spec and argument come from the kind that names it
  return step(question, question.spec, period, argument, part);
}
