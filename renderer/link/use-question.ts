import { useEffect, useSyncExternalStore } from 'react';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { useServices } from '../app/services.ts';
import type { QuestionSlot, QuestionState } from './coordinator.ts';
import { questionKey } from './question-key.ts';

export interface Question {
  state: QuestionState;
  retry: () => void;
  stop: () => void;
}

/** Asks `spec` in the place named `slotId` whenever it changes; null asks nothing. */
export function useQuestion(slotId: string, spec: QuerySpecInput | null): Question {
  const slot: QuestionSlot = useServices().coordinator.slot(slotId);
  const key = spec === null ? null : questionKey(spec);
  useEffect(() => {
    slot.ask(spec);
    // the key stands for the question: a new object that asks the same is the same question
  }, [slot, key]);
  const state = useSyncExternalStore(slot.subscribe, slot.getState);
  return { state, retry: slot.retry, stop: slot.stop };
}
