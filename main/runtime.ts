import { randomUUID } from 'node:crypto';
import type { Runtime } from '../shared/rpc/runtime.ts';

/** The wire's surroundings in every process of ours. */
export const nodeRuntime: Runtime = {
  nowMs: () => performance.now(),
  startTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  randomUuid: () => randomUUID(),
  createAbort: () => new AbortController(),
};
