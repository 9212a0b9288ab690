import { useRef } from 'react';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import type { GoodAnswer, QuestionState } from '../link/coordinator.ts';
import { questionKey } from '../link/question-key.ts';

/** A question as it stands, and what is asked of it now; null: nothing. */
export interface TogetherPart {
  question: { state: Pick<QuestionState, 'good'> };
  spec: QuerySpecInput | null;
}

/** The answer that a drawing takes; not always the last good one. */
export interface Answered {
  state: { good: GoodAnswer | null };
}

export interface Together {
  answers: readonly Answered[];
  /** All of them answer what is asked now, of one state of the store. */
  isWhole: boolean;
}

/**
 * Answers that make one drawing. While some of the questions are asked anew, or one failed, those of before stay together
 * on screen; at first, when there are none, only what answers the questions of now.
 */
export function togetherOf(parts: readonly TogetherPart[], last: Together | null): Together {
  const goods = parts.map(currentGood);
  const revision = Math.max(...goods.map((good) => good?.answer.revision ?? 0));
  const answers = goods.map((good): Answered => ({
    state: { good: good?.answer.revision === revision ? good : null },
  }));
  const isWhole = parts.every(({ spec }, index) => spec === null || answers[index]?.state.good !== null);
  return !isWhole && last !== null && isDrawn(last, parts) ? last : { answers, isWhole };
}

const isDrawn = ({ answers, isWhole }: Together, { length }: readonly TogetherPart[]): boolean =>
  isWhole && answers.length === length && answers.some(({ state }) => state.good !== null);

function currentGood({ question, spec }: TogetherPart): GoodAnswer | null {
  const { good } = question.state;
  return good !== null && spec !== null && questionKey(good.spec) === questionKey(spec) ? good : null;
}

/** The answers of several questions, one for one, that may be drawn together. */
export function useTogether<const Parts extends readonly TogetherPart[]>(
  parts: Parts,
): { [Index in keyof Parts]: Answered } {
  const last = useRef<Together | null>(null);
  last.current = togetherOf(parts, last.current);
  return last.current.answers as { [Index in keyof Parts]: Answered }; // as many as there are parts
}
