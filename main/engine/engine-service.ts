import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { Handlers } from '../../shared/rpc/handlers.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { cohortHandlers } from './cohorts/cohort-handlers.ts';
import { completeSample, createSampleWorkspace, isSampleWorkspace } from './create-sample-workspace.ts';
import { hasWorkspace } from './store/create-workspace.ts';
import { type EngineStore, openStore } from './store/engine-store.ts';
import { createUpkeep } from './store/merge/upkeep.ts';
import { type SyncOptions, runSync } from './sync/run-sync.ts';

export interface EngineEvents {
  onRevision: (revision: number) => void;
  onSyncState: (state: SyncState) => void;
  onCohort: (environment: string, cohortId: string) => void;
  /** What the work between syncs could not do. */
  onUpkeepFault: (message: string) => void;
}

export interface EngineService {
  handlers: Handlers<'engine'>;
  store: () => EngineStore | undefined;
  /** Stops a running sync at its next boundary and closes the store. */
  close(): Promise<void>;
}

/** A killed engine may need until its next statement to be gone; its lock goes with it. */
const LOCK_WAIT_MS = 10_000;
const LOCK_RETRY_MS = 100;

/** The one writer behind the contract: a folder without workspace is served too, until the sample is made in it. */
export async function openEngine(dataDir: string, events: EngineEvents): Promise<EngineService> {
  const stopping = new AbortController();
  let store = hasWorkspace(dataDir) ? await openWhenFree(dataDir, events) : undefined;
  let upkeep = store === undefined ? undefined : createUpkeep(store, { onFault: events.onUpkeepFault });
  if (store !== undefined && isSampleWorkspace(store)) completeSample(store);
  let state = IDLE;
  let isCreating = false;
  let work: Promise<unknown> = Promise.resolve();
  const during = <T>(promise: Promise<T>): Promise<T> => {
    work = promise.catch(() => undefined);
    return promise;
  };

  /** A sync waits for the work between syncs to stop, and lets it begin anew. */
  async function sync(into: EngineStore, options: SyncOptions): Promise<SyncState> {
    await upkeep?.pause();
    try {
      return await runSync(into, options);
    } finally {
      if (!into.busy && !stopping.signal.aborted) upkeep?.start();
    }
  }

  const theStore = (): EngineStore => {
    if (store === undefined) throw new AppError('not-found', 'there is no workspace in this folder yet');
    return store;
  };

  const handlers: Handlers<'engine'> = {
    ...cohortHandlers(theStore, events.onCohort),
    'query.sync.state': () => state,
    'command.sync.run': ({ sourceName }, { signal, progress }) => {
      const into = theStore();
      const onProgress = (next: SyncState): void => {
        state = next;
        events.onSyncState(next);
        progress(next);
      };
      return during(
        sync(into, { sourceName, onProgress, signal: AbortSignal.any([signal, stopping.signal]) }),
      );
    },
    'command.sample.create': async ({ seed }, { signal, progress }) => {
      if (store !== undefined) return { created: false, ...describe(store) };
      if (isCreating) throw new AppError('conflict', 'the sample workspace is being made already');
      isCreating = true;
      const either = AbortSignal.any([signal, stopping.signal]);
      const options = { dataDir, seed, signal: either, onProgress: progress, store: events };
      try {
        store = await during(createSampleWorkspace(options));
        upkeep = createUpkeep(store, { onFault: events.onUpkeepFault });
      } finally {
        isCreating = false;
      }
      return { created: true, ...describe(store) };
    },
  };

  return {
    handlers,
    store: () => store,
    async close() {
      stopping.abort();
      await work;
      await upkeep?.pause();
      store?.close();
    },
  };
}

const IDLE: SyncState = {
  state: 'idle',
  sourceName: null,
  filesDone: 0,
  filesTotal: 0,
  counts: { files: 0, read: 0, kept: 0, duplicate: 0, quarantined: 0, scrubbed: 0 },
  startedAt: null,
  endedAt: null,
  message: null,
};

const describe = (store: EngineStore): { workspaceName: string; isSample: boolean } => ({
  workspaceName: store.workspace.name,
  isSample: isSampleWorkspace(store),
});

async function openWhenFree(dataDir: string, { onRevision }: EngineEvents): Promise<EngineStore> {
  for (let waitedMs = 0; ; waitedMs += LOCK_RETRY_MS) {
    try {
      return openStore(dataDir, { onRevision });
    } catch (error) {
      const mayPass = error instanceof AppError && error.code === 'locked' && waitedMs < LOCK_WAIT_MS;
      if (!mayPass) throw error;
      await delay(LOCK_RETRY_MS);
    }
  }
}
