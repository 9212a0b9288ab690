import type { Backend } from '../link/backend.ts';
import type { DateSpan } from '../state/date-presets.ts';
import { useNotes } from './notes-store.ts';

const SETTLE_MS = 120; // a sync announces its batches one after the other; one look serves several
const SYNC_APART_MS = 30_000; // a window that is clicked in and out of need not ask each time

export interface NotesScope {
  environment: string;
  view: string;
  span: DateSpan;
}

/** Keeps pins and counts of the open view in step with the engine; returns how to stop. */
export function followNotes(backend: Backend, scope: NotesScope): () => void {
  const controller = new AbortController();
  const { signal } = controller;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const readSoon = () => {
    timer ??= setTimeout(() => {
      timer = undefined;
      void readNotes(backend, scope, signal);
    }, SETTLE_MS);
  };
  const stops = [
    backend.onTopic('annotations.changed', ({ environment }) => {
      if (environment === scope.environment) readSoon();
    }),
    backend.onMissed(readSoon),
    backend.onLinkState((link) => {
      if (link === 'online') readSoon();
    }),
  ];
  void readNotes(backend, scope, signal);
  return () => {
    clearTimeout(timer);
    controller.abort();
    for (const stop of stops) stop();
  };
}

async function readNotes(
  backend: Backend,
  { environment, view, span: { from, to } }: NotesScope,
  signal: AbortSignal,
): Promise<void> {
  try {
    const [{ pins }, state] = await Promise.all([
      backend.call('query.annotations.pins', { environment, view, from, to }, { signal }),
      backend.call('query.annotations.state', { environment }, { signal }),
    ]);
    if (!signal.aborted) useNotes.setState(({ revision }) => ({ pins, state, revision: revision + 1 }));
  } catch {
    // what is drawn stays; the next change, or the link when it is back, asks again
  }
}

/** What changes no note: who writes, where notes go. */
export async function readNotesState(backend: Backend, environment: string): Promise<void> {
  try {
    const state = await backend.call('query.annotations.state', { environment });
    useNotes.setState(({ revision }) => ({ state, revision: revision + 1 }));
  } catch {
    // what is drawn stays; the next change, or the link when it is back, asks again
  }
}

/** Brings home what others wrote when somebody comes back to the window; returns how to stop. */
export function syncOnFocus(backend: Backend, environment: string): () => void {
  let lastMs = -Infinity;
  const onFocus = () => {
    const nowMs = performance.now();
    if (document.visibilityState !== 'visible' || nowMs - lastMs < SYNC_APART_MS) return;
    lastMs = nowMs;
    syncNotes(backend, environment);
  };
  addEventListener('focus', onFocus);
  document.addEventListener('visibilitychange', onFocus);
  return () => {
    removeEventListener('focus', onFocus);
    document.removeEventListener('visibilitychange', onFocus);
  };
}

/** How it went stands with each source. */
export function syncNotes(backend: Backend, environment: string): void {
  backend.call('command.annotations.sync', { environment }).catch(() => undefined);
}
