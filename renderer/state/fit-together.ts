import type { GoodAnswer } from '../link/coordinator.ts';
import { questionKey } from '../link/question-key.ts';

/**
 * Whether two answers are of one question apart from these of its parts, and of one state of the store: only then may
 * numbers of one be taken from those of the other. While one of two is asked anew, they are not.
 */
export function fitTogether(
  one: Pick<GoodAnswer, 'spec' | 'answer'> | null,
  other: Pick<GoodAnswer, 'spec' | 'answer'> | null,
  apartFrom: readonly string[],
): boolean {
  if (one === null || other === null) return false;
  if (one.answer.revision !== other.answer.revision) return false;
  const common = ({ spec }: Pick<GoodAnswer, 'spec'>): string =>
    questionKey(Object.fromEntries(Object.entries(spec).filter(([part]) => !apartFrom.includes(part))));
  return common(one) === common(other);
}
