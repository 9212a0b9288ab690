import { AppError } from '../../../../shared/errors.ts';
import type { EngineStore } from '../engine-store.ts';
import { deleteDeadSegments } from '../recover.ts';
import { dayToMerge, daysToMerge, environmentsToMerge } from './days-to-merge.ts';
import { mergeDay } from './merge-day.ts';
import { MERGE_LIMITS, type MergeLimits } from './plan-merge.ts';

export interface MergeProgress {
  environment: string;
  daysDone: number;
  daysTotal: number;
}

export interface MergeOptions {
  limits?: MergeLimits;
  signal?: AbortSignal;
  onProgress?: (progress: MergeProgress) => void;
}

export interface MergeOutcome {
  /** One per day, and more where a day has very many files. */
  commits: number;
  filesBefore: number;
  filesAfter: number;
  /** Days that could not be merged, with the reason; they stay as they are. */
  faults: string[];
  /** False where the signal came first: the next call goes on with the days that are left. */
  isComplete: boolean;
}

/**
 * Merges the days that fell apart into small segments (ENGINE §1), each in a commit of its own, so that a stop or a kill
 * between any two instructions leaves a store that answers as before. The signal ends it within one piece of work.
 * Throws what the disk refuses. Nothing may be pending.
 */
export async function mergeDeltas(store: EngineStore, options: MergeOptions = {}): Promise<MergeOutcome> {
  if (store.busy)
    throw new AppError('conflict', 'a sync or merge is running already; there is one at a time');
  const {
    limits = MERGE_LIMITS,
    signal = new AbortController().signal,
    onProgress = () => undefined,
  } = options;
  const outcome: MergeOutcome = { commits: 0, filesBefore: 0, filesAfter: 0, faults: [], isComplete: false };
  store.busy = true;
  try {
    for (const environment of environmentsToMerge(store.db)) {
      await mergeEnvironment(store, environment, { limits, signal, onProgress }, outcome);
    }
    outcome.isComplete = true;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    store.busy = false;
  }
  if (outcome.commits > 0) {
    deleteDeadSegments(store.dataDir, store.db, store.now());
    store.onRevision(store.revision);
  }
  return outcome;
}

async function mergeEnvironment(
  store: EngineStore,
  environment: string,
  options: Required<MergeOptions>,
  outcome: MergeOutcome,
): Promise<void> {
  const { limits, signal, onProgress } = options;
  const days = daysToMerge(store.db, environment, limits);
  for (const [daysDone, day] of days.entries()) {
    onProgress({ environment, daysDone, daysTotal: days.length });
    signal.throwIfAborted();
    try {
      await mergeWholeDay(store, { environment, day }, options, outcome);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'corrupt') throw error;
      outcome.faults.push(`${environment}, ${day}: ${error.message}`);
    }
  }
  store.writer.putMerge(environment, store.revision, store.now(), days.length);
  onProgress({ environment, daysDone: days.length, daysTotal: days.length });
}

/** Once, but for a day of very many files. */
async function mergeWholeDay(
  store: EngineStore,
  { environment, day }: { environment: string; day: string },
  { limits, signal }: Required<MergeOptions>,
  outcome: MergeOutcome,
): Promise<void> {
  for (let isUnfinished = true; isUnfinished;) {
    const work = dayToMerge(store.db, environment, day, limits);
    if (work === null) return;
    await mergeDay(store, work, signal);
    outcome.commits++;
    const { consumed, files, isPartial } = work.plan;
    outcome.filesBefore += consumed.length;
    outcome.filesAfter += files.length;
    isUnfinished = isPartial && files.length < consumed.length;
  }
}
