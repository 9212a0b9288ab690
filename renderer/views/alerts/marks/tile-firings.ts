import { createContext, useContext, useMemo } from 'react';
import type { AlertFiring } from '../../../../shared/rpc/contract/alerts.ts';
import type { Question } from '../../../link/use-question.ts';
import { answersOf } from '../../../state/passport-store.ts';
import { useFirings } from './firings-store.ts';
import { firingsOfSpec } from './firings-of-spec.ts';

const NONE: readonly AlertFiring[] = [];

/** What fired of the series that a tile draws. */
export const TileFirings = createContext<readonly AlertFiring[]>(NONE);

export const useTileFirings = (): readonly AlertFiring[] => useContext(TileFirings);

/** Of the first question of a tile: the others are what it is compared with. */
export function useFiringsOf(questions: readonly Question[]): readonly AlertFiring[] {
  const known = useFirings();
  const [first] = answersOf(questions);
  const spec = first?.spec;
  return useMemo(() => (spec === undefined ? NONE : firingsOfSpec(spec, known)), [spec, known]);
}
