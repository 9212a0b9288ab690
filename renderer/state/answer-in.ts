import type { Answer } from '../../shared/query/answer.ts';
import type { Question } from '../link/use-question.ts';

/** The last good answer, if it is of this kind. */
export function answerIn<K extends Answer['kind']>(
  { state }: Question,
  kind: K,
): Extract<Answer, { kind: K }> | null {
  const answer = state.good?.answer;
  return answer?.kind === kind ? (answer as Extract<Answer, { kind: K }>) : null; // the kind tells which
}
