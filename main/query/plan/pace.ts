import { AppError } from '../../../shared/errors.ts';

/** An AbortSignal, or a flag that another thread sets. */
export interface CancelSignal {
  readonly aborted: boolean;
  addEventListener?: (type: 'abort', listener: () => void, options?: { once: boolean }) => void;
  removeEventListener?: (type: 'abort', listener: () => void) => void;
}

/** Contract: `breathe` is awaited between chunks of work; it lets the event loop run, so that a cancel can arrive. */
export interface Pace {
  /** Throws `cancelled` once the signal is aborted. */
  breathe(): Promise<void>;
}

const SLICE_MS = 15; // a cancelled question must stop within 50 ms; one segment on top of this slice stays below it

export function createPace(signal: CancelSignal | undefined, nowMs: () => number): Pace {
  let sliceStartMs = nowMs();
  return {
    async breathe() {
      if (nowMs() - sliceStartMs < SLICE_MS) return;
      await new Promise((resolve) => setImmediate(resolve));
      sliceStartMs = nowMs();
      throwIfCancelled(signal);
    },
  };
}

export function throwIfCancelled(signal: CancelSignal | undefined): void {
  if (signal?.aborted === true) throw new AppError('cancelled', 'the question was cancelled');
}
