import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../shared/errors.ts';
import type { JobsState } from '../../shared/rpc/contract/jobs.ts';
import type { Handlers } from '../../shared/rpc/handlers.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import { nodeRuntime } from '../runtime.ts';
import { annotationHandlers } from './annotations/annotation-handlers.ts';
import { type EngineNotes, openEngineNotes } from './annotations/engine-notes.ts';
import type { NotesChange } from './annotations/notes-store.ts';
import { alertHandlers } from './alerts/alert-handlers.ts';
import { createDelivery, type Delivery } from './alerts/deliver.ts';
import type { SendSurroundings } from './alerts/send/send.ts';
import { sharedThreads, takeShared } from './alerts/share-firings.ts';
import { cohortHandlers } from './cohorts/cohort-handlers.ts';
import {
  completeSample,
  createSampleWorkspace,
  isSampleWorkspace,
  sampleNotes,
} from './create-sample-workspace.ts';
import { freshnessHandlers } from './freshness/freshness-handlers.ts';
import { jobHandlers, type OpenJobs } from './jobs/job-handlers.ts';
import { createJobService, type JobService } from './jobs/job-service.ts';
import { type JobSurroundings, realJobSurroundings } from './jobs/job-surroundings.ts';
import { createDeletionWork } from './privacy/deletion-work.ts';
import { privacyHandlers } from './privacy/privacy-handlers.ts';
import { createWorkspace, hasWorkspace, NEW_WORKSPACE } from './store/create-workspace.ts';
import { loadRefusals } from './privacy/load-refusals.ts';
import { secretsOfProcess } from './secrets/make-secret.ts';
import type { SecretReader } from './secrets/secret-store.ts';
import { type EngineStore, openStore } from './store/engine-store.ts';
import { createUpkeep, type Upkeep } from './store/merge/upkeep.ts';
import { sourceHandlers } from './sync/source-handlers.ts';
import type { SourceServices } from './sync/source-kinds.ts';
import { viewHandlers } from './views/view-handlers.ts';

export interface EngineEvents {
  onRevision: (revision: number) => void;
  onSyncState: (state: SyncState) => void;
  onCohort: (environment: string, cohortId: string) => void;
  onJobs?: (state: JobsState) => void;
  onView?: (viewId: string) => void;
  /** How many requests to be forgotten are open. */
  onPrivacy?: (open: number) => void;
  onAnnotations?: (change: NotesChange) => void;
  onAlerts?: (environment: string) => void;
  /** To be shown on this device. */
  onNotice?: SendSurroundings['notify'];
  /** What the work between syncs could not do. */
  onUpkeepFault: (message: string) => void;
}

export interface EngineOptions {
  surroundings?: JobSurroundings;
  services?: Partial<SourceServices>;
}

export interface EngineService {
  handlers: Handlers<'engine'>;
  store: () => EngineStore | undefined;
  /** Stops a running sync at its next boundary and closes the store. */
  close(): Promise<void>;
}

/** A workspace that is open, with what reads its sources and what works between. */
interface Opened {
  store: EngineStore;
  upkeep: Upkeep;
  jobs: JobService;
  notes: EngineNotes;
  delivery: Delivery;
}

/** A killed engine may need until its next statement to be gone; its lock goes with it. */
const LOCK_WAIT_MS = 10_000;
const LOCK_RETRY_MS = 100;

/** The one writer behind the contract: a folder without workspace is served too, until the sample is made in it. */
export async function openEngine(
  dataDir: string,
  events: EngineEvents,
  { surroundings = realJobSurroundings, services }: EngineOptions = {},
): Promise<EngineService> {
  const stopping = new AbortController();
  const syncStates = createListeners<SyncState>();
  const jobStates = createListeners<JobsState>();
  let state = IDLE;
  syncStates.add((next) => {
    state = next;
    events.onSyncState(next);
  });
  jobStates.add((next) => events.onJobs?.(next));

  const alerting: SendSurroundings & { onChange: (environment: string) => void } = {
    secrets: services?.secrets ?? secretsOfProcess(dataDir),
    nowMs: Date.now,
    notify: (notice) => events.onNotice?.(notice),
    onChange: (environment) => events.onAlerts?.(environment),
  };

  function begin(store: EngineStore): Opened {
    const upkeep = createUpkeep(store, { onFault: events.onUpkeepFault });
    const jobs = createJobService({
      store,
      surroundings,
      services,
      upkeep,
      onJobs: jobStates.tell,
      onSyncState: syncStates.tell,
      onFault: events.onUpkeepFault,
    });
    const delivery = createDelivery({
      ...alerting,
      store,
      runtime: nodeRuntime,
      random: Math.random,
      onDefect: (error) => events.onUpkeepFault(String(error)),
    });
    loadRefusals(store).catch((error: unknown) => events.onUpkeepFault(String(error))); // before notes arrive
    jobs.start();
    const takeSaid = (change: { environment: string; annotationIds: readonly string[] }): void => {
      const { environment, annotationIds } = change;
      const threads = annotationIds.length > 0 ? annotationIds : sharedThreads(notes.store, environment);
      if (takeShared(store, notes.store, { environment, threads })) events.onAlerts?.(environment);
    };
    const notes = openNotesOf(
      store,
      {
        ...events,
        onAnnotations: (change) => {
          takeSaid(change);
          events.onAnnotations?.(change);
        },
      },
      alerting.secrets,
    );
    return { store, upkeep, jobs, notes, delivery };
  }

  let opened: Opened | undefined;
  if (hasWorkspace(dataDir)) {
    const store = await openWhenFree(dataDir, events, services?.secrets);
    if (isSampleWorkspace(store)) completeSample(store);
    opened = begin(store);
  }
  let isCreating = false;
  let creation: Promise<unknown> = Promise.resolve();

  const open = (): OpenJobs => {
    if (opened === undefined) throw new AppError('not-found', 'there is no workspace in this folder yet');
    return { store: opened.store, jobs: opened.jobs, services, onJobs: jobStates.add };
  };

  const exclusively = <T>(work: () => Promise<T>): Promise<T> => open().jobs.exclusively(work);
  const deletions = createDeletionWork({
    store: () => opened?.store,
    notes: () => opened?.notes.store,
    exclusively,
    onCohort: events.onCohort,
    onChange: (openRequests) => events.onPrivacy?.(openRequests),
    onFault: events.onUpkeepFault,
  });
  const theNotes = (): EngineNotes => {
    if (opened === undefined) throw new AppError('not-found', 'there is no workspace in this folder yet');
    return opened.notes;
  };

  const handlers: Handlers<'engine'> = {
    ...annotationHandlers(theNotes),
    ...cohortHandlers(() => open().store, events.onCohort),
    ...jobHandlers(open, () => opened !== undefined),
    ...freshnessHandlers(open),
    ...viewHandlers(dataDir, (viewId) => events.onView?.(viewId)),
    ...privacyHandlers({ store: () => open().store, apply: deletions.apply, exclusively }),
    ...sourceHandlers({
      dataDir,
      services,
      open,
      hasWorkspace: () => opened !== undefined,
      create() {
        if (isCreating) throw new AppError('conflict', 'the sample workspace is being made already');
        createWorkspace(dataDir, { name: NEW_WORKSPACE.name, zone: NEW_WORKSPACE.zone });
        opened = begin(openStore(dataDir, { onRevision: events.onRevision, secrets: services?.secrets }));
      },
    }),
    ...alertHandlers(() => open().store, {
      ...alerting,
      arrivals: () => open().jobs.arrivals,
      notes: () => theNotes().store,
      onFault: events.onUpkeepFault,
      wake: () => opened?.delivery.wake(),
    }),
    'query.sync.state': () => state,
    'command.sync.run': async ({ sourceName }, { signal, progress }) => {
      const { jobs } = open();
      const stop = syncStates.add(progress);
      try {
        const { sync } = await jobs.run({ sourceName, reason: 'manual', signal });
        return sync;
      } finally {
        stop();
      }
    },
    'command.sample.create': async ({ seed }, { signal, progress }) => {
      if (opened !== undefined) return { created: false, ...describe(opened.store) };
      if (isCreating) throw new AppError('conflict', 'the sample workspace is being made already');
      isCreating = true;
      const either = AbortSignal.any([signal, stopping.signal]);
      const options = {
        dataDir,
        seed,
        signal: either,
        onProgress: progress,
        store: { ...events, secrets: services?.secrets },
      };
      try {
        const created = createSampleWorkspace(options);
        creation = created.catch(() => undefined);
        opened = begin(await created);
      } finally {
        isCreating = false;
      }
      return { created: true, ...describe(opened.store) };
    },
  };

  return {
    handlers,
    store: () => opened?.store,
    async close() {
      stopping.abort();
      await creation;
      const closing = deletions.close();
      await opened?.jobs.close();
      await closing;
      await opened?.delivery.stop();
      await opened?.upkeep.pause();
      await opened?.notes.close();
      opened?.store.close();
    },
  };
}

interface Listeners<T> {
  /** Returns how to stop listening. */
  add: (listener: (value: T) => void) => () => void;
  tell: (value: T) => void;
}

function createListeners<T>(): Listeners<T> {
  const listeners = new Set<(value: T) => void>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell(value) {
      for (const listener of listeners) listener(value);
    },
  };
}

const openNotesOf = (
  store: EngineStore,
  { onAnnotations = () => undefined }: EngineEvents,
  secrets: SecretReader,
): EngineNotes =>
  openEngineNotes(
    {
      dataDir: store.dataDir,
      asOfMs: store.workspace.asOfMs,
      sample: isSampleWorkspace(store) ? sampleNotes(store) : null,
    },
    {
      runtime: nodeRuntime,
      onChanged: onAnnotations,
      isRefusedUser: (userId) => store.refusals.isRefused(userId),
      secrets,
    },
  );

const IDLE: SyncState = {
  state: 'idle',
  sourceName: null,
  filesDone: 0,
  filesTotal: 0,
  counts: { files: 0, read: 0, kept: 0, duplicate: 0, quarantined: 0, refused: 0, scrubbed: 0 },
  startedAt: null,
  endedAt: null,
  message: null,
};

const describe = (store: EngineStore): { workspaceName: string; isSample: boolean } => ({
  workspaceName: store.workspace.name,
  isSample: isSampleWorkspace(store),
});

async function openWhenFree(
  dataDir: string,
  { onRevision }: EngineEvents,
  secrets: SecretReader | undefined,
): Promise<EngineStore> {
  for (let waitedMs = 0; ; waitedMs += LOCK_RETRY_MS) {
    try {
      return openStore(dataDir, { onRevision, secrets });
    } catch (error) {
      const mayPass = error instanceof AppError && error.code === 'locked' && waitedMs < LOCK_WAIT_MS;
      if (!mayPass) throw error;
      await delay(LOCK_RETRY_MS);
    }
  }
}
