/** Chance and timers as jobs get them; the time itself is the store's. */
export interface JobSurroundings {
  /** In [0, 1). */
  random: () => number;
  /** Calls back once after `delayMs`; the returned function takes the call back. */
  startTimer: (callback: () => void, delayMs: number) => () => void;
}

export const realJobSurroundings: JobSurroundings = {
  random: () => Math.random(),
  startTimer(callback, delayMs) {
    const timer = setTimeout(callback, delayMs);
    timer.unref(); // waiting for its turn keeps no process alive
    return () => clearTimeout(timer);
  },
};
