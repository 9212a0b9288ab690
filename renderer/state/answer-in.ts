import type { Answer } from '../../shared/query/answer.ts';
import type { BucketInterval } from '../../shared/time/buckets.ts';
import type { Answered } from './use-together.ts';

/** The last good answer, if it is of this kind. */
export function answerIn<K extends Answer['kind']>(
  { state }: Answered,
  kind: K,
): Extract<Answer, { kind: K }> | null {
  const answer = state.good?.answer;
  return answer?.kind === kind ? (answer as Extract<Answer, { kind: K }>) : null; // the kind tells which
}

/** The buckets of the last good answer: while another one is asked it may still have those of before. */
export function intervalIn({ state }: Answered): BucketInterval | null {
  const spec = state.good?.spec;
  return spec !== undefined && 'interval' in spec ? (spec.interval ?? null) : null;
}
