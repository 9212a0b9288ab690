import type { JobReason, JobRun } from '../../../shared/rpc/contract/jobs.ts';
import type { SyncState } from '../../../shared/rpc/methods.ts';
import { AppError } from '../../../shared/errors.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { pullSource, rereadRefused, rereadSource } from '../sync/pull-source.ts';
import { type ReadContext, commitAll } from '../sync/read-objects.ts';
import { runReads } from '../sync/run-sync.ts';
import { servicesOf } from '../sync/services.ts';
import type { SourceFault } from '../sync/source-fault.ts';
import type { SourceServices } from '../sync/source-kinds.ts';
import { type SyncSource, sourcesToSync } from '../sync/sources.ts';
import { SyncProgress } from '../sync/sync-progress.ts';
import type { SourceProgress } from '../sync/source-progress.ts';
import type { TimeSpan } from '../sync/time-span.ts';
import type { OtherWork } from '../sync/while-waiting.ts';
import { createBudget, type Exceeded, noBudget } from './job-budget.ts';
import { addUsage, beginRun, dropRun, endRun, monthUsage, noteRun, runById } from './job-runs.ts';
import type { JobSource } from './job-settings.ts';
import { countsOf, stepsOf } from './sync-steps.ts';

/** One source that is to be read once. */
export interface Job {
  source: JobSource;
  reason: JobReason;
  isFull: boolean;
  /** Only what may have arrived in these spans; absent: all that is new. */
  spans?: readonly TimeSpan[];
  /** Whatever it costs. */
  isOverBudget: boolean;
  /** Ends this job alone. */
  stop: AbortController;
}

export interface RunningJob {
  job: Job;
  jobId: number;
  startedAtMs: number;
  progress: SourceProgress;
}

export interface JobOutcome {
  job: Job;
  run: JobRun;
  /** What kept the source from being reached. */
  failure: SourceFault | null;
  exceeded: Exceeded | null;
}

export interface BatchOptions {
  services?: Partial<SourceServices> | undefined;
  signal: AbortSignal;
  /** How the sync is called while it runs; null: all sources. */
  sourceName: string | null;
  isUnswept?: boolean;
  onSyncState: (state: SyncState) => void;
  /** Which job runs, and how far; null: none. */
  onRunning: (running: RunningJob | null) => void;
  /** Sources that are watched meanwhile. */
  tails?: WatchedTails;
  /** After all is committed and swept, while nobody else may write. */
  onSettled: (outcomes: readonly JobOutcome[]) => Promise<void>;
}

/** What is asked for while a batch runs, so that somebody sees new rows at once. */
export interface WatchedTails {
  /** Jobs that are due now; none is of a source that is being read. */
  due: () => Job[];
  /** Calls back when one may be; the returned function takes the call back. */
  onDue: (callback: () => void) => () => void;
  onRead: (outcome: JobOutcome) => void;
}

export interface BatchResult {
  sync: SyncState;
  outcomes: JobOutcome[];
}

/** Reads one source after another, taxonomy first, and writes down what became of each. */
export async function runBatch(
  store: EngineStore,
  jobs: readonly Job[],
  options: BatchOptions,
): Promise<BatchResult> {
  const services = servicesOf(store.dataDir, () => store.workspace.asOfMs ?? store.now(), options.services);
  const ended: Ended[] = [];
  let running: RunningJob | null = null;
  const batch = new Batch(store, services, ended, (next) => {
    running = next;
    options.onRunning(next);
  });
  let outcomes: JobOutcome[] = [];
  try {
    const sync = await runReads(
      store,
      {
        sourceName: options.sourceName,
        signal: options.signal,
        isUnswept: options.isUnswept ?? false,
        onProgress(state) {
          if (running !== null) noteProgress(store, running);
          options.onRunning(running);
          options.onSyncState(state);
        },
        async onSettled() {
          outcomes = ended.map((one) => settle(store, one));
          await options.onSettled(outcomes);
        },
      },
      (context) => batch.run(watching(context, batch, options.tails), inOrder(store, jobs)),
    );
    return { sync: toldAs(sync, outcomes, options.onSyncState), outcomes };
  } catch (error) {
    batch.abandon(error);
    throw error;
  } finally {
    options.onRunning(null);
  }
}

/** Watched sources are read between the parts of the others. */
function watching(context: ReadContext, batch: Batch, tails: WatchedTails | undefined): ReadContext {
  if (tails === undefined) return context;
  const other: OtherWork = {
    isExpected: () => true,
    isDue: () => tails.due().length > 0,
    onDue: (callback) => tails.onDue(callback),
    async run() {
      for (const job of tails.due()) tails.onRead(await batch.tail(context, job));
    },
  };
  return { ...context, other };
}

/** Whoever asked for jobs that were all cancelled is told so, as if the whole batch had been. */
function toldAs(
  sync: SyncState,
  outcomes: readonly JobOutcome[],
  onSyncState: (state: SyncState) => void,
): SyncState {
  const isCancelled = outcomes.length > 0 && outcomes.every(({ run }) => run.state === 'cancelled');
  if (!isCancelled || sync.state === 'cancelled') return sync;
  const cancelled: SyncState = { ...sync, state: 'cancelled' };
  onSyncState(cancelled);
  return cancelled;
}

/** A job that read its source; its rows may wait for a commit that it shares with others. */
interface Ended extends RunningJob {
  state: JobRun['state'];
  message: string | null;
  failure: SourceFault | null;
  exceeded: Exceeded | null;
  endedAtMs: number;
}

type Pair = readonly [Job, SyncSource];

function inOrder(store: EngineStore, jobs: readonly Job[]): Pair[] {
  const bySource = new Map(jobs.map((job) => [job.source.sourceId, job]));
  return sourcesToSync(store.db, null).flatMap((source): Pair[] => {
    const job = bySource.get(source.sourceId);
    return job === undefined ? [] : [[job, source]];
  });
}

class Batch {
  readonly #store: EngineStore;
  readonly #services: SourceServices;
  readonly #ended: Ended[];
  readonly #onRunning: (running: RunningJob | null) => void;
  #first: number | null = null;
  /** The job that is read, and before it the one that waits meanwhile. */
  readonly #underWay: RunningJob[] = [];

  constructor(
    store: EngineStore,
    services: SourceServices,
    ended: Ended[],
    onRunning: (running: RunningJob | null) => void,
  ) {
    this.#store = store;
    this.#services = services;
    this.#ended = ended;
    this.#onRunning = onRunning;
  }

  async run(context: ReadContext, pairs: readonly Pair[]): Promise<void> {
    context.progress.emitRunning();
    let dataset: SyncSource['dataset'] | null = null;
    for (const [job, source] of pairs) {
      // events are judged by the taxonomy, so what came before them is committed first; else sources share commits,
      // for each one writes a file per day
      if (dataset !== null && dataset !== source.dataset) await commitAll(context);
      ({ dataset } = source);
      const running = this.#begin(context, job);
      this.#ended.push(await this.#read(context, running, this.#current(source)));
      this.#finish();
      context.signal.throwIfAborted();
    }
    const sources = pairs.filter(([{ stop }]) => !stop.signal.aborted).map(([, source]) => source);
    await commitAll(context); // what was read again already must not be found once more
    await rereadRefused(context, sources, this.#services);
  }

  /**
   * Reads a source between the parts of another. Its rows have a commit of their own, so that its counts are; what the
   * other has read so far is committed before, but only where there is something new.
   */
  async tail(context: ReadContext, job: Job): Promise<JobOutcome> {
    const { facts } = this.#store;
    const { sourceId, name } = job.source;
    const isPending = [...facts.objects.values()].some((object) => object.sourceId === sourceId);
    if (isPending || facts.checkpoints.has(sourceId)) await commitAll(context); // else it would be read twice
    const progress = new SyncProgress(name, this.#store.now(), () => undefined);
    const own: ReadContext = { ...context, progress, other: undefined };
    const running = this.#begin(own, job);
    const found = { objects: 0 };
    const ended = await this.#read(own, running, this.#current(job.source), async () => {
      if (found.objects++ === 0) await commitAll(context);
    });
    if (found.objects > 0) await commitAll(own);
    this.#finish();
    return settle(this.#store, ended);
  }

  /** As it is stored now: it may have been read since the batch began. */
  #current({ sourceId, name }: { sourceId: number; name: string }): SyncSource {
    const source = sourcesToSync(this.#store.db, name).find((one) => one.sourceId === sourceId);
    if (source === undefined) throw new AppError('not-found', `there is no source named "${name}"`);
    return source;
  }

  /** The store refused, which ends everything: what was committed until then is written down. */
  abandon(error: unknown): void {
    const { db, now } = this.#store;
    if (!db.open) return;
    const message = error instanceof Error ? error.message : String(error);
    for (const { jobId, progress } of [...this.#ended, ...this.#underWay]) {
      noteRun(db, jobId, countsOf(progress), stepsOf(progress));
      endRun(db, { jobId, state: 'failed', message, nowMs: now() });
    }
  }

  #begin(context: ReadContext, job: Job): RunningJob {
    const { sourceId } = job.source;
    const startedAtMs = this.#store.now();
    const jobId = beginRun(this.#store.db, {
      sourceId,
      batch: this.#first,
      reason: job.reason,
      nowMs: startedAtMs,
    });
    this.#first ??= jobId;
    const running = { job, jobId, startedAtMs, progress: context.progress.of(sourceId) };
    this.#underWay.push(running);
    this.#onRunning(running);
    return running;
  }

  #finish(): void {
    this.#underWay.pop();
    this.#onRunning(this.#underWay.at(-1) ?? null);
  }

  async #read(
    context: ReadContext,
    running: RunningJob,
    source: SyncSource,
    onObject: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Ended> {
    const { job, progress } = running;
    const store = this.#store;
    const signal = AbortSignal.any([context.signal, job.stop.signal]);
    const own = { ...context, signal };
    const budget = job.isOverBudget
      ? noBudget()
      : createBudget(job.source.settings, monthUsage(store.db, source.sourceId, store.now()));
    let failure: SourceFault | null = null;
    let isCancelled = false;
    try {
      signal.throwIfAborted();
      if (job.reason === 'reread' || job.reason === 'readmit')
        await rereadSource(own, source, this.#services);
      else {
        const outcome = await pullSource(own, source, this.#services, {
          isFull: job.isFull,
          spans: job.spans,
          async admits({ sizeBytes }) {
            if (!budget.admits(sizeBytes, progress.rowsSeen)) return false;
            await onObject();
            return true;
          },
        });
        ({ failure } = outcome);
      }
    } catch (error) {
      if (!signal.aborted || error !== signal.reason) throw error;
      isCancelled = true;
    }
    const exceeded = budget.exceeded();
    const state = stateOf({
      isCancelled,
      exceeded,
      isFailed: failure !== null || progress.faults.length > 0,
    });
    const message = exceeded?.message ?? (progress.faults.length > 0 ? progress.faults.join('; ') : null);
    return { ...running, state, message, failure, exceeded, endedAtMs: store.now() };
  }
}

function stateOf({
  isCancelled,
  exceeded,
  isFailed,
}: {
  isCancelled: boolean;
  exceeded: Exceeded | null;
  isFailed: boolean;
}): JobRun['state'] {
  if (isCancelled) return 'cancelled';
  if (exceeded !== null) return 'over-budget';
  return isFailed ? 'failed' : 'done';
}

function noteProgress({ db }: EngineStore, { jobId, progress }: RunningJob): void {
  if (progress.notedCommits === progress.commits) return;
  progress.notedCommits = progress.commits;
  noteRun(db, jobId, countsOf(progress), stepsOf(progress));
}

/** The last word on a run: the sweep is over. A tail that brought nothing leaves no trace. */
function settle(store: EngineStore, ended: Ended): JobOutcome {
  const { job, jobId, progress, failure, exceeded, state, message, endedAtMs } = ended;
  const { db } = store;
  const counts = countsOf(progress);
  noteRun(db, jobId, counts, stepsOf(progress));
  endRun(db, { jobId, state, message, nowMs: endedAtMs });
  addUsage(db, job.source.sourceId, store.now(), { bytes: counts.bytes, rows: counts.read });
  const run = runById(db, jobId);
  if (run === null) throw new Error(`run ${jobId} is gone`);
  if (job.reason === 'tail' && state === 'done' && counts.files === 0) dropRun(db, jobId);
  return { job, run, failure, exceeded };
}
