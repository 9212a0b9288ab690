import type { EngineStore } from '../store/engine-store.ts';

export interface BatchSize {
  firstRows: number;
  maxRows: number;
  maxBytes: number;
  /** Objects whose ledger rows wait; counts where each holds hardly a row. */
  maxObjects: number;
  /** How much of an object is read between two looks at the limit. */
  chunkBytes: number;
  /** Ids that the sweep holds in memory at once. */
  idsPerSweep: number;
}

/**
 * How much is gathered before a commit. Bounded, so that memory is; the first batch of a run is smaller, so that a
 * large import shows something soon; later ones are larger, so that its days are not cut into crumbs.
 */
export const DEFAULT_BATCH: BatchSize = {
  firstRows: 1 << 19,
  maxRows: 1 << 20,
  maxBytes: 192 << 20,
  maxObjects: 1 << 16, // 30 MB
  chunkBytes: 1 << 20,
  idsPerSweep: 1 << 22, // 96 MB
};

export interface BatchLimit {
  readonly chunkBytes: number;
  isReached: (store: EngineStore) => boolean;
  isHalfReached: (store: EngineStore) => boolean;
  grow: () => void;
}

export function createBatchLimit({
  firstRows,
  maxRows,
  maxBytes,
  maxObjects,
  chunkBytes,
}: BatchSize): BatchLimit {
  let limit = firstRows;
  const isReached = (store: EngineStore, share: number): boolean => {
    const { rows, sizeBytes } = store.pendingSize();
    const objects = store.facts.objects.size;
    return rows >= limit * share || sizeBytes >= maxBytes * share || objects >= maxObjects * share;
  };
  return {
    chunkBytes,
    isReached: (store) => isReached(store, 1),
    isHalfReached: (store) => isReached(store, 0.5),
    grow() {
      limit = Math.min(limit * 2, maxRows);
    },
  };
}
