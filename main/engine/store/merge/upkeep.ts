import type { EngineStore } from '../engine-store.ts';
import { type MergeProgress, mergeDeltas } from './merge-deltas.ts';

export interface UpkeepEvents {
  /** null: nothing is being merged. */
  onProgress?: (progress: MergeProgress | null) => void;
  /** What could not be merged, or why the work ended; the next start tries again. */
  onFault?: (message: string) => void;
}

/**
 * Contract: merges in the background, between syncs. `start` returns at once; `pause` stops the work within one piece
 * and is kept when the store is free. Whoever writes to the store, or closes it, pauses first.
 */
export interface Upkeep {
  start: () => void;
  pause: () => Promise<void>;
  /** How far the work is; null where none is going on. */
  progress: () => MergeProgress | null;
}

export function createUpkeep(
  store: EngineStore,
  { onProgress = () => undefined, onFault = () => undefined }: UpkeepEvents = {},
): Upkeep {
  let stop = new AbortController();
  let work: Promise<void> | null = null;
  let progress: MergeProgress | null = null;
  const tell = (next: MergeProgress | null): void => {
    progress = next;
    onProgress(next);
  };

  async function run(signal: AbortSignal): Promise<void> {
    try {
      const { faults } = await mergeDeltas(store, { signal, onProgress: tell });
      for (const fault of faults) onFault(fault);
    } catch (error) {
      onFault(error instanceof Error ? error.message : String(error));
    } finally {
      if (progress !== null) tell(null);
      work = null;
    }
  }

  return {
    start() {
      if (work !== null) return;
      stop = new AbortController();
      work = run(stop.signal);
    },
    async pause() {
      stop.abort();
      await work;
    },
    progress: () => progress,
  };
}
