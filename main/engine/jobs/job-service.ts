import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '../../../shared/errors.ts';
import type { JobReason, JobSettingsChange, JobsState } from '../../../shared/rpc/contract/jobs.ts';
import type { SyncState } from '../../../shared/rpc/methods.ts';
import { createArrivalIndex, type ArrivalIndex } from '../freshness/arrivals.ts';
import { readFact, writeFact } from '../freshness/engine-facts.ts';
import { updateGaps } from '../freshness/gap-book.ts';
import { dueReplays, noteReplays, replaySpans } from '../freshness/gap-replay.ts';
import { reconcile } from '../freshness/reconcile.ts';
import { isLatenessNew, updateLateness } from '../freshness/late-sources.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { SourceServices } from '../sync/source-kinds.ts';
import type { TimeSpan } from '../sync/time-span.ts';
import { createProgressTeller } from './job-progress.ts';
import { forgetOldRuns, markInterrupted } from './job-runs.ts';
import {
  changeSettings,
  jobSources,
  type JobSource,
  putPaused,
  putReconciled,
  putTurn,
} from './job-settings.ts';
import { jobsStateOf } from './jobs-state.ts';
import type { JobSurroundings } from './job-surroundings.ts';
import { LiveTails, TAIL_EVERY_MS } from './live-tails.ts';
import {
  type BatchResult,
  type Job,
  type JobOutcome,
  type RunningJob,
  type WatchedTails,
  runBatch,
} from './run-batch.ts';
import { intervalWithJitter } from './schedule.ts';
import { turnAfter } from './turn-after.ts';

export interface JobDeps {
  store: EngineStore;
  surroundings: JobSurroundings;
  services?: Partial<SourceServices> | undefined;
  /** The work between syncs has to stop before anything is written, and may begin anew afterwards. */
  upkeep: { pause: () => Promise<void>; start: () => void };
  onJobs: (state: JobsState) => void;
  onSyncState: (state: SyncState) => void;
  /** What ended a run that nobody waited for. */
  onFault: (message: string) => void;
}

export interface RunRequest {
  /** null: every source. */
  sourceName: string | null;
  reason: JobReason;
  isFull?: boolean;
  isOverBudget?: boolean;
  spans?: readonly TimeSpan[];
  /** Ends what was asked for, and nothing that somebody else asked for. */
  signal?: AbortSignal;
}

/**
 * Contract: when sources are read. One batch of jobs runs at a time and one job of it; a source has at most one job
 * that runs and one that waits. What is asked for while a batch runs comes in the next one. Nothing else writes to the
 * store meanwhile.
 */
export interface JobService {
  readonly arrivals: ArrivalIndex;
  /** Begins to read sources when their turn comes. */
  start: () => void;
  state: () => JobsState;
  /** Ends when the rows are committed; throws what the store refused. */
  run: (request: RunRequest) => Promise<BatchResult>;
  /** Work that writes, between batches. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  cancel: (sourceName: string | null) => string[];
  pause: (sourceName: string | null) => JobsState;
  resume: (sourceName: string | null) => JobsState;
  configure: (sourceName: string, change: JobSettingsChange) => JobsState;
  hint: (noticed: 'wake' | 'online' | 'offline') => string[];
  tail: (sourceName: string, isOn: boolean) => { untilMs: number | null; everyMs: number };
  /** Does what is due now; the timer calls it, and tests do. */
  tick: () => Promise<void>;
  close: () => Promise<void>;
}

const LONGEST_WAIT_MS = 60_000; // clocks jump and machines sleep: look again at least so often
const RECONCILED_EVERY_MS = 24 * 60 * 60 * 1000; // *
const TOLD_EVERY_MS = 200;
/** Until a batch that runs is over; its end looks again by itself. */
const BUSY_WAIT_MS = 1_000;
const PAUSED = 'jobs.paused';

export function createJobService(deps: JobDeps): JobService {
  return new Jobs(deps);
}

interface Waiting {
  jobs: Job[];
  sourceName: string | null;
  isTail: boolean;
  resolve: (result: BatchResult) => void;
  reject: (error: unknown) => void;
}

class Jobs implements JobService {
  readonly arrivals: ArrivalIndex;
  readonly #deps: JobDeps;
  readonly #store: EngineStore;
  readonly #teller = createProgressTeller();
  readonly #waiting: Waiting[] = [];
  readonly #tails: LiveTails;
  readonly #stopping = new AbortController();
  #batch: Waiting | null = null;
  #running: RunningJob | null = null;
  /** The job of the batch that runs or ran last; sources that are read besides are none. */
  #latest: Job | null = null;
  #turns: Promise<unknown> = Promise.resolve();
  #stopTimer: () => void = () => undefined;
  #isStarted = false;
  #toldAtMs = 0;
  #isReconciling = false;

  constructor(deps: JobDeps) {
    this.#deps = deps;
    this.#store = deps.store;
    this.arrivals = createArrivalIndex(deps.store);
    this.#tails = new LiveTails(() => deps.store.now(), deps.surroundings);
    const { db } = deps.store;
    markInterrupted(db, deps.store.now());
    forgetOldRuns(db, deps.store.now());
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const nowMs = this.#store.now();
    for (const source of this.#sources()) {
      const { intervalMs } = source.settings;
      if (source.nextAtMs === null && intervalMs !== null && source.waitingFor === null)
        this.#putTurn(source, {
          nextAtMs: nowMs + intervalWithJitter(intervalMs, this.#deps.surroundings.random()),
          failures: source.failures,
          waitingFor: null,
        });
    }
    this.#armTimer();
  }

  state(): JobsState {
    const waiting = new Set(this.#waitingJobs().map(({ source }) => source.sourceId));
    return jobsStateOf(this.#store, this.#sources(), {
      isPaused: this.#isPaused(),
      running: this.#running,
      waiting,
      tailUntilMs: (sourceId) => this.#tails.untilMs(sourceId),
      teller: this.#teller,
    });
  }

  run({
    sourceName,
    reason,
    isFull = false,
    isOverBudget = false,
    spans,
    signal,
  }: RunRequest): Promise<BatchResult> {
    const jobs = this.#chosen(sourceName).map((source) =>
      this.#jobOf(source, reason, {
        isFull,
        isOverBudget,
        ...(spans === undefined ? {} : { spans }),
      }),
    );
    const stop = (): void => {
      for (const job of jobs) job.stop.abort(signal?.reason);
    };
    if (signal?.aborted === true) stop();
    signal?.addEventListener('abort', stop, { once: true });
    return this.#enqueue(jobs, sourceName).finally(() => signal?.removeEventListener('abort', stop));
  }

  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(async () => {
      this.#stopping.signal.throwIfAborted();
      await this.#deps.upkeep.pause();
      try {
        return await work();
      } finally {
        if (!this.#store.busy && !this.#stopping.signal.aborted) this.#deps.upkeep.start();
      }
    });
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  cancel(sourceName: string | null): string[] {
    const cancelled = new Set<string>();
    for (const job of [...(this.#batch?.jobs ?? []), ...this.#waitingJobs()]) {
      const { name } = job.source;
      if ((sourceName !== null && name !== sourceName) || job.stop.signal.aborted) continue;
      const isOver = this.#batch?.jobs.includes(job) === true && this.#isOver(job);
      if (isOver) continue;
      job.stop.abort(new AppError('cancelled', 'cancelled'));
      cancelled.add(name);
    }
    if (cancelled.size > 0) this.#tell();
    return [...cancelled];
  }

  pause(sourceName: string | null): JobsState {
    const { db } = this.#store;
    if (sourceName === null) writeFact(db, PAUSED, true);
    for (const source of sourceName === null ? [] : this.#chosen(sourceName))
      putPaused(db, source.sourceId, this.#store.now());
    this.cancel(sourceName);
    return this.#changed();
  }

  resume(sourceName: string | null): JobsState {
    const { db } = this.#store;
    if (sourceName === null) writeFact(db, PAUSED, false);
    for (const source of this.#chosen(sourceName)) {
      if (sourceName !== null) putPaused(db, source.sourceId, null);
      if (source.settings.intervalMs === null) continue;
      this.#putTurn(source, { nextAtMs: this.#store.now(), failures: source.failures, waitingFor: null });
    }
    return this.#changed();
  }

  configure(sourceName: string, change: JobSettingsChange): JobsState {
    const [source] = this.#chosen(sourceName);
    if (source === undefined) return this.state();
    changeSettings(this.#store.db, source.sourceId, change);
    const [next] = this.#chosen(sourceName);
    if (next !== undefined) {
      const { intervalMs } = next.settings;
      const nextAtMs =
        intervalMs === null
          ? null
          : this.#store.now() + intervalWithJitter(intervalMs, this.#deps.surroundings.random());
      this.#putTurn(next, { nextAtMs, failures: 0, waitingFor: null });
    }
    return this.#changed();
  }

  hint(noticed: 'wake' | 'online' | 'offline'): string[] {
    if (noticed === 'offline' || this.#isPaused()) return [];
    const reason = noticed === 'wake' ? 'wake' : 'network';
    const sources = this.#sources().filter(
      ({ sourceId, pausedAtMs, settings }) =>
        pausedAtMs === null && settings.intervalMs !== null && !this.#isQueued(sourceId),
    );
    this.#enqueueQuietly(sources.map((source) => this.#jobOf(source, reason, {})));
    return sources.map(({ name }) => name);
  }

  tail(sourceName: string, isOn: boolean): { untilMs: number | null; everyMs: number } {
    const [source] = this.#chosen(sourceName);
    if (source === undefined || !isOn) {
      if (source !== undefined) this.#tails.end(source.sourceId);
      this.#changed();
      return { untilMs: null, everyMs: TAIL_EVERY_MS };
    }
    const untilMs = this.#tails.begin(source.sourceId);
    this.#changed();
    return { untilMs, everyMs: TAIL_EVERY_MS };
  }

  async tick(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    const nowMs = this.#store.now();
    const isPaused = this.#isPaused();
    if (!this.#isBusy() && isLatenessNew(this.#store))
      await this.exclusively(() => {
        updateLateness(this.#store);
        return Promise.resolve();
      });
    if (!isPaused) {
      this.#enqueueTails();
      this.#enqueueScheduled(nowMs);
      this.#enqueueReplays(nowMs);
    }
    await this.#turns;
    if (!isPaused) await this.#reconcileNext(nowMs);
    this.#armTimer();
  }

  async close(): Promise<void> {
    this.#stopTimer();
    this.#stopping.abort(new AppError('cancelled', 'the program is ending'));
    await this.#turns;
  }

  /** A batch that runs reads them besides. */
  #enqueueTails(): void {
    if (this.#batch !== null) return;
    for (const sourceId of this.#tails.due()) {
      const source = this.#sources().find((one) => one.sourceId === sourceId);
      if (source !== undefined && !this.#isQueued(sourceId))
        this.#enqueueQuietly([this.#jobOf(source, 'tail', {})]);
    }
  }

  /** Those that a batch reads besides, so that rows are there within 5 s also while it runs. */
  #watchedTails(): WatchedTails {
    return {
      due: () => this.#dueBesides(),
      onDue: (callback) => this.#tails.onDue(callback),
      onRead: ({ job: { source }, failure }) =>
        this.#tails.noteRead(source.sourceId, { isReached: failure === null }),
    };
  }

  #dueBesides(): Job[] {
    const due = this.#tails.due().filter((sourceId) => sourceId !== this.#running?.job.source.sourceId);
    if (due.length === 0 || this.#isPaused()) return [];
    return this.#sources()
      .filter(({ sourceId, dataset }) => due.includes(sourceId) && dataset === 'events')
      .map((source) => this.#jobOf(source, 'tail', {}));
  }

  #enqueueScheduled(nowMs: number): void {
    const due = this.#sources().filter(
      ({ sourceId, pausedAtMs, nextAtMs }) =>
        pausedAtMs === null && nextAtMs !== null && nextAtMs <= nowMs && !this.#isQueued(sourceId),
    );
    this.#enqueueQuietly(due.map((source) => this.#jobOf(source, 'schedule', {})));
  }

  #enqueueReplays(nowMs: number): void {
    const gaps = dueReplays(this.#store.db, nowMs);
    const jobs = this.#sources().flatMap((source) => {
      const spans = replaySpans(gaps, source.sourceId);
      const isFree = source.pausedAtMs === null && !this.#isQueued(source.sourceId);
      return spans.length > 0 && isFree ? [this.#jobOf(source, 'gap', { spans, isFull: true })] : [];
    });
    this.#enqueueQuietly(jobs);
  }

  /** One source at a time, each once a day. */
  async #reconcileNext(nowMs: number): Promise<void> {
    if (this.#isReconciling) return;
    const due = this.#sources().find(
      ({ pausedAtMs, settings, lastSyncAtMs, reconciledAtMs, createdAtMs }) =>
        pausedAtMs === null &&
        settings.intervalMs !== null &&
        lastSyncAtMs !== null &&
        (reconciledAtMs ?? createdAtMs) + RECONCILED_EVERY_MS <= nowMs,
    );
    if (due === undefined) return;
    this.#isReconciling = true;
    try {
      await reconcile({
        store: this.#store,
        jobs: this,
        sourceName: due.name,
        services: this.#deps.services,
        signal: this.#stopping.signal,
      });
      // a source that could not be reached is not asked again at once
      putReconciled(this.#store.db, due.sourceId, nowMs);
    } finally {
      this.#isReconciling = false;
    }
  }

  #jobOf(
    source: JobSource,
    reason: JobReason,
    more: Partial<Pick<Job, 'isFull' | 'isOverBudget' | 'spans'>>,
  ): Job {
    return { source, reason, isFull: false, isOverBudget: false, ...more, stop: new AbortController() };
  }

  /** Nobody waits for it; a fault of the store is told. */
  #enqueueQuietly(jobs: Job[]): void {
    if (jobs.length === 0) return;
    const [only] = jobs;
    const sourceName = jobs.length === 1 && only !== undefined ? only.source.name : null;
    this.#enqueue(jobs, sourceName).catch((error: unknown) => this.#tellFault(error));
  }

  #enqueue(jobs: Job[], sourceName: string | null): Promise<BatchResult> {
    const { promise, resolve, reject } = Promise.withResolvers<BatchResult>();
    const isTail = jobs.every(({ reason }) => reason === 'tail');
    const waiting: Waiting = { jobs, sourceName, isTail, resolve, reject };
    this.#waiting.push(waiting);
    this.#tell();
    this.exclusively(() => this.#runBatch(waiting)).then(resolve, (error: unknown) => {
      this.#remove(waiting);
      reject(error);
    });
    return promise;
  }

  #remove(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  async #runBatch(waiting: Waiting): Promise<BatchResult> {
    this.#remove(waiting);
    this.#batch = waiting;
    this.#latest = null;
    try {
      return await runBatch(this.#store, waiting.jobs, {
        services: this.#deps.services,
        signal: this.#stopping.signal,
        sourceName: waiting.sourceName,
        isUnswept: waiting.isTail,
        tails: this.#watchedTails(),
        onSyncState: this.#deps.onSyncState,
        onRunning: (running) => this.#noteRunning(running),
        onSettled: (outcomes) => this.#settle(outcomes),
      });
    } finally {
      this.#batch = null;
      this.#running = null;
      this.#tell();
      if (this.#isStarted) void nextTurn().then(() => this.#tickQuietly());
    }
  }

  /** The next turn of each source, and what the new rows say about lateness and gaps. */
  async #settle(outcomes: readonly JobOutcome[]): Promise<void> {
    const nowMs = this.#store.now();
    for (const outcome of outcomes) {
      const { sourceId } = outcome.job.source;
      this.#tails.noteRead(sourceId, { isReached: true });
      const source = this.#sources().find((one) => one.sourceId === sourceId);
      if (source === undefined) continue;
      const turn = turnAfter(source, outcome, { nowMs, random: this.#deps.surroundings.random });
      if (turn !== null) this.#putTurn(source, turn);
    }
    await updateGaps(this.#store, this.arrivals);
    noteReplays(this.#store, outcomes);
    updateLateness(this.#store);
  }

  /** Called with every object: the state of all sources is put together a few times a second only. */
  #noteRunning(running: RunningJob | null): void {
    const isSame = running?.jobId === this.#running?.jobId;
    this.#running = running;
    if (running !== null && this.#batch?.jobs.includes(running.job) === true) this.#latest = running.job;
    const nowMs = performance.now();
    if (isSame && nowMs - this.#toldAtMs < TOLD_EVERY_MS) return;
    if (running !== null) this.#teller.note(running, this.#store.now());
    this.#tell();
  }

  #isOver(job: Job): boolean {
    const jobs = this.#batch?.jobs ?? [];
    return this.#latest !== null && jobs.indexOf(job) < jobs.indexOf(this.#latest);
  }

  #isBusy = (): boolean => this.#batch !== null || this.#waiting.length > 0 || this.#store.busy;

  #isQueued = (sourceId: number): boolean =>
    [...(this.#batch?.jobs ?? []), ...this.#waitingJobs()].some(({ source }) => source.sourceId === sourceId);

  #waitingJobs = (): Job[] => this.#waiting.flatMap(({ jobs }) => jobs);

  #isPaused = (): boolean => readFact(this.#store.db, PAUSED) === true;

  #sources(): JobSource[] {
    return jobSources(this.#store.db, this.#store.workspace.asOfMs !== null);
  }

  #chosen(sourceName: string | null): JobSource[] {
    const sources = this.#sources();
    const chosen = sources.filter(({ name }) => sourceName === null || name === sourceName);
    if (sourceName !== null && chosen.length === 0) {
      const names = sources.map(({ name }) => `"${name}"`).join(', ') || 'none yet';
      throw new AppError('not-found', `there is no source named "${sourceName}"; expected ${names}`);
    }
    return chosen;
  }

  #putTurn(source: JobSource, turn: Parameters<typeof putTurn>[2]): void {
    putTurn(this.#store.db, source.sourceId, turn);
  }

  #tell(): void {
    this.#toldAtMs = performance.now();
    if (!this.#stopping.signal.aborted) this.#deps.onJobs(this.state());
  }

  #changed(): JobsState {
    this.#armTimer();
    const state = this.state();
    this.#deps.onJobs(state);
    return state;
  }

  /** The next moment at which something may be due. */
  #armTimer(): void {
    this.#stopTimer();
    if (!this.#isStarted || this.#stopping.signal.aborted) return;
    const nowMs = this.#store.now();
    const turns = this.#sources().flatMap(({ nextAtMs, pausedAtMs }) =>
      nextAtMs === null || pausedAtMs !== null ? [] : [nextAtMs],
    );
    const tails = this.#tails.nextTimesMs();
    const nextMs = Math.min(nowMs + LONGEST_WAIT_MS, ...(this.#isPaused() ? [] : [...turns, ...tails]));
    this.#stopTimer = this.#deps.surroundings.startTimer(
      () => void this.#tickQuietly(),
      Math.max(this.#isBusy() ? BUSY_WAIT_MS : 0, nextMs - nowMs),
    );
  }

  async #tickQuietly(): Promise<void> {
    try {
      await this.tick();
    } catch (error) {
      this.#tellFault(error);
    }
  }

  #tellFault(error: unknown): void {
    if (this.#stopping.signal.aborted) return;
    this.#deps.onFault(error instanceof Error ? error.message : String(error));
  }
}
