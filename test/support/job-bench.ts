import { createJobService, type JobService } from '../../main/engine/jobs/job-service.ts';
import { type EngineStore, openStore } from '../../main/engine/store/engine-store.ts';
import type { SourceServices } from '../../main/engine/sync/source-kinds.ts';
import type { JobsState, SourceJob } from '../../shared/rpc/contract/jobs.ts';
import type { SyncState } from '../../shared/rpc/methods.ts';
import type { TestWorkspace } from './workspace.ts';

/** Jobs of a workspace with a clock that stands still until it is moved. */
export interface JobBench {
  store: EngineStore;
  jobs: JobService;
  /** Told in order. */
  states: JobsState[];
  revisions: number[];
  faults: string[];
  nowMs: () => number;
  /** Moves the clock and does what is due then, until nothing more is. */
  advance: (ms: number) => Promise<void>;
  job: (sourceName?: string) => SourceJob;
  close: () => Promise<void>;
}

export interface JobBenchOptions {
  startMs: number;
  services?: Partial<SourceServices>;
  random?: () => number;
  onSyncState?: (state: SyncState) => unknown;
}

export function openJobBench(workspace: TestWorkspace, options: JobBenchOptions): JobBench {
  let nowMs = options.startMs;
  const states: JobsState[] = [];
  const revisions: number[] = [];
  const faults: string[] = [];
  const store = openStore(workspace.dataDir, {
    now: () => nowMs,
    onRevision: (revision) => revisions.push(revision),
  });
  const jobs = createJobService({
    store,
    services: options.services,
    surroundings: { random: options.random ?? (() => 0.5), startTimer: () => () => undefined },
    upkeep: { pause: () => Promise.resolve(), start: () => undefined },
    onSyncState: (state) => options.onSyncState?.(state),
    onFault: (message) => faults.push(message),
    onJobs: (state) => states.push(state),
  });
  return {
    store,
    jobs,
    states,
    revisions,
    faults,
    nowMs: () => nowMs,
    async advance(ms) {
      nowMs += ms;
      for (let round = 0; round < 3; round++) await jobs.tick(); // what ends may make something else due
    },
    job: (sourceName = 'events') => {
      const job = jobs.state().sources.find((one) => one.sourceName === sourceName);
      if (job === undefined) throw new Error(`no source named ${sourceName}`);
      return job;
    },
    async close() {
      await jobs.close();
      store.close();
    },
  };
}
