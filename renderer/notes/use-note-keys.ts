import { useEffect } from 'react';
import { useInterface } from '../state/interface-store.ts';
import { annotateHere } from './annotate-here.ts';
import { closePanel, openPanel, selectMark, useNotes } from './notes-store.ts';

/** A annotates, N and P walk the pins, ] opens and closes the panel, Esc lets a chosen range go. */
export function useNoteKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (!useInterface.getState().hasLetterKeys || isTyping(event.target)) return;
      const act = ACTIONS[event.key.toLowerCase()];
      if (act === undefined) return;
      act();
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, []);
}

const ACTIONS: Record<string, () => void> = {
  a: annotateHere,
  n: () => {
    walk(1);
  },
  p: () => {
    walk(-1);
  },
  ']': () => {
    if (useNotes.getState().isPanelOpen) closePanel();
    else openPanel();
  },
  escape: () => {
    selectMark(null);
  },
};

function walk(by: 1 | -1): void {
  const { pins, chosen } = useNotes.getState();
  if (pins.length === 0) return;
  const at = pins.findIndex(({ annotationId }) => annotationId === chosen);
  const next = at < 0 ? (by === 1 ? 0 : pins.length - 1) : (at + by + pins.length) % pins.length;
  openPanel({ chosen: pins[next]?.annotationId ?? null, shown: 'all' });
}

/** Inside a menu letters jump; in a field they are text. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [role=menu], [role=listbox], dialog') !== null;
