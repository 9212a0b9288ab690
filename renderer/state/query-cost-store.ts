import { create } from 'zustand';

/** What the questions of the open view cost; null before the first answer. */
export const useQueryCost = create<{ elapsedMs: number | null; rowsRead: number | null }>()(() => ({
  elapsedMs: null,
  rowsRead: null,
}));
