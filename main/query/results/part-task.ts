import type { QuerySpec } from '../../../shared/query/spec.ts';
import type { PartStepName } from '../plan/part-steps.ts';
import type { PeopleData } from '../plan/people.ts';

export interface SpanMs {
  startMs: number;
  endMs: number;
}

/** A step of a question for a share of its users. */
export interface PartTask {
  /** Of the question itself, or of one that its cohort comes from. */
  spec: QuerySpec;
  step: PartStepName;
  argument: unknown;
  period: SpanMs;
  people: PeopleData;
  mostMembers: number;
}

export interface PartOutcome {
  result: unknown;
  /** Segments read: id and rows. */
  segments: [number, number][];
  notes: string[];
}
