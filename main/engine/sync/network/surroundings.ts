import { setTimeout as delay } from 'node:timers/promises';

/** Time and chance, as whatever retries gets them. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  nowMs: () => number;
  /** In [0, 1). */
  random: () => number;
  /** Rejects with the signal's reason as soon as it is aborted. */
  sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const realSurroundings: Surroundings = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  },
};
