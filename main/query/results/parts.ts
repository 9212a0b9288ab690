import type { QuerySpec } from '../../../shared/query/spec.ts';
import type { Period } from '../plan/period.ts';
import type { Question } from '../plan/question.ts';
import type { Part } from '../plan/part.ts';

/**
 * A step of a question that is worked out part by part, each for a share of the users, perhaps on another thread: what it
 * takes and gives is plain data. Answers put the parts together in any order.
 */
export type PartStep<Spec extends QuerySpec, Argument, Result> = (
  question: Question,
  spec: Spec,
  period: Period,
  argument: Argument,
  part: Part,
) => Promise<Result>;
