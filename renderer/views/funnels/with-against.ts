import type { GoodAnswer } from '../../link/coordinator.ts';

/** An answer with that of another cohort in the place of the compared dates; null until both are of one funnel. */
export function withAgainst(good: GoodAnswer | null, other: GoodAnswer | null): GoodAnswer | null {
  if (good?.answer.kind !== 'funnel') return null;
  if (
    other?.answer.kind !== 'funnel' ||
    !('steps' in other.answer.result) ||
    !('steps' in good.answer.result)
  )
    return good;
  const { steps } = other.answer.result;
  if (steps.length !== good.answer.result.steps.length) return good;
  return { ...good, answer: { ...good.answer, result: { ...good.answer.result, previous: { steps } } } };
}
