import { useMemo } from 'react';
import type { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import { answerIn } from '../../state/answer-in.ts';
import type { Answered } from '../../state/use-together.ts';
import { type StatesGroups, statesGroups } from './columns.ts';

/** Rows of a states question that has no buckets, of its last good answer. */
export function useStatesGroups(answered: Answered, taxonomy: Taxonomy | null): StatesGroups | null {
  const answer = answerIn(answered, 'states');
  return useMemo(() => answer && statesGroups(answer, taxonomy), [answer, taxonomy]);
}
