import { useMemo } from 'react';
import type { Taxonomy } from '../../../shared/domain/taxonomy.ts';
import type { Answered } from '../../state/use-together.ts';
import { type StatesGroups, statesGroups } from './columns.ts';

/** Rows of a states question that has no buckets, of its last good answer. */
export function useStatesGroups({ state }: Answered, taxonomy: Taxonomy | null): StatesGroups | null {
  const answer = state.good?.answer.kind === 'states' ? state.good.answer : null;
  return useMemo(() => answer && statesGroups(answer, taxonomy), [answer, taxonomy]);
}
