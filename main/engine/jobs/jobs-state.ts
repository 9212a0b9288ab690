import type { JobsState, SourceJob } from '../../../shared/rpc/contract/jobs.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { ProgressTeller } from './job-progress.ts';
import { monthUsage, runsOf } from './job-runs.ts';
import type { JobSource } from './job-settings.ts';
import type { RunningJob } from './run-batch.ts';

export interface JobsNow {
  isPaused: boolean;
  running: RunningJob | null;
  /** Sources with a job that waits. */
  waiting: ReadonlySet<number>;
  tailUntilMs: (sourceId: number) => number | null;
  teller: ProgressTeller;
}

export function jobsStateOf(store: EngineStore, sources: readonly JobSource[], now: JobsNow): JobsState {
  return { paused: now.isPaused, sources: sources.map((source) => sourceJobOf(store, source, now)) };
}

function sourceJobOf(store: EngineStore, source: JobSource, now: JobsNow): SourceJob {
  const nowMs = store.now();
  const running = now.running?.job.source.sourceId === source.sourceId ? now.running : null;
  const isPaused = now.isPaused || source.pausedAtMs !== null;
  return {
    sourceName: source.name,
    state: stateOf(source, {
      isRunning: running !== null,
      isPaused,
      isQueued: now.waiting.has(source.sourceId),
    }),
    progress: running === null ? null : now.teller.tell(running, nowMs),
    nextAt: isPaused ? null : instantOrNull(source.nextAtMs),
    waitingFor: source.waitingFor,
    failures: source.failures,
    tailUntil: instantOrNull(now.tailUntilMs(source.sourceId)),
    settings: source.settings,
    monthUsage: monthUsage(store.db, source.sourceId, nowMs),
    last: runsOf(store.db, { sourceName: source.name, before: null, limit: 1 })[0] ?? null,
  };
}

function stateOf(
  { waitingFor }: JobSource,
  { isRunning, isPaused, isQueued }: { isRunning: boolean; isPaused: boolean; isQueued: boolean },
): SourceJob['state'] {
  if (isRunning) return 'running';
  if (isQueued) return 'queued';
  if (isPaused) return 'paused';
  return waitingFor === null ? 'idle' : 'waiting';
}

const instantOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
