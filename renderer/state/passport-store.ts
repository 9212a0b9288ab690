import { create } from 'zustand';
import type { GoodAnswer } from '../link/coordinator.ts';
import type { Question } from '../link/use-question.ts';
import { questionKey } from '../link/question-key.ts';

/** What a passport is of: the numbers of a tile, or one of them. */
export interface PassportSubject {
  title: string;
  /** The number as it is printed; null: all of the tile. */
  value: string | null;
  /** What the number stands for. */
  detail: string;
  answers: readonly GoodAnswer[];
}

export const usePassport = create<{
  subject: PassportSubject | null;
  open: (subject: PassportSubject) => void;
  close: () => void;
}>()((set) => ({
  subject: null,
  open: (subject) => {
    set({ subject });
  },
  close: () => {
    set({ subject: null });
  },
}));

/** The answers that stand on screen now, each question once. */
export function answersOf(questions: readonly Question[]): GoodAnswer[] {
  const byKey = new Map<string, GoodAnswer>();
  for (const { state } of questions)
    if (state.good !== null) byKey.set(questionKey(state.good.spec), state.good);
  return [...byKey.values()];
}
