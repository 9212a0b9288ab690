import { useEffect, useMemo, useRef, useSyncExternalStore } from 'react';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { useServices } from '../app/services.ts';
import type { QuestionSlot, QuestionState } from './coordinator.ts';
import { questionKey } from './question-key.ts';

export interface Question {
  state: QuestionState;
  retry: () => void;
  stop: () => void;
}

/** A question and the place on screen that it is asked for. */
export interface PlacedQuestion {
  slot: string;
  spec: QuerySpecInput | null;
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

/** The same for as many places as there happen to be. */
export function useQuestions(placed: readonly PlacedQuestion[]): Question[] {
  const { coordinator } = useServices();
  const names = placed.map(({ slot }) => slot).join('\n');
  const slots = useMemo(() => placed.map(({ slot }) => coordinator.slot(slot)), [coordinator, names]);
  const keys = placed.map(({ spec }) => (spec === null ? '' : questionKey(spec))).join('\n');
  useEffect(() => {
    slots.forEach((slot, index) => {
      slot.ask(placed[index]?.spec ?? null);
    });
  }, [slots, keys]);
  const states = useSlotStates(slots);
  return slots.map((slot, index) => ({
    state: states[index] ?? slot.getState(),
    retry: slot.retry,
    stop: slot.stop,
  }));
}

/** One snapshot of several slots that stays the same object while none of them changes. */
function useSlotStates(slots: readonly QuestionSlot[]): readonly QuestionState[] {
  const last = useRef<readonly QuestionState[]>([]);
  const store = useMemo(
    () => ({
      subscribe: (listener: () => void) => {
        const stops = slots.map((slot) => slot.subscribe(listener));
        return () => {
          for (const stop of stops) stop();
        };
      },
      read: () => {
        const states = slots.map((slot) => slot.getState());
        const known = last.current;
        const isSame =
          known.length === states.length && states.every((state, index) => state === known[index]);
        if (!isSame) last.current = states;
        return last.current;
      },
    }),
    [slots],
  );
  return useSyncExternalStore(store.subscribe, store.read);
}
