import type { Runtime } from '../../shared/rpc/runtime.ts';

/** The wire's surroundings in a page. */
export const pageRuntime: Runtime = {
  nowMs: () => performance.now(),
  startTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
  randomUuid: () => crypto.randomUUID(),
  createAbort: () => new AbortController(),
};
