import { MessageChannel, Worker } from 'node:worker_threads';
import { AppError } from '../../../shared/errors.ts';
import { ArenaKeeper } from '../arena/arena-keeper.ts';
import type { ToArena } from '../arena/chunk-messages.ts';
import { createSharedArena } from '../arena/shared-memory.ts';
import { SegmentGone } from '../columns/column-files.ts';
import { throwIfCancelled } from '../plan/pace.ts';
import type { RunOptions } from '../query-engine.ts';
import type { PartOutcome } from '../results/part-task.ts';
import type { SerialComputed } from '../results/serial-computed.ts';
import type { FromWorker, TaskSetting, ToWorker, WorkerError, WorkerSetup } from './messages.ts';

export interface PoolOptions {
  dataDir: string;
  workers: number;
  memoryBudgetBytes: number;
  /** The module that a thread runs. */
  workerFile: URL;
  /** A defect in a thread: for the log. */
  onDefect: (stack: string) => void;
  worthPartingRows: number;
}

/** Contract: computes questions on threads over one shared memory; any number may be asked at once. */
export interface WorkerPool {
  compute(setting: Omit<TaskSetting, 'cancelSlot'>, run: RunOptions): Promise<SerialComputed>;
  close(): void;
}

const CANCEL_SLOTS = 1024; // questions at once; more wait in the callers

interface Task {
  message: Extract<ToWorker, { do: 'answer' | 'part' }>;
  done: (reply: FromWorker) => void;
  fail: (error: Error) => void;
  onProgress?: RunOptions['onProgress'];
}

interface Thread {
  worker: Worker;
  /** Tasks that run on it; one that waits for its parts leaves room for another. */
  busy: number;
  tasks: Map<number, Task>;
  isReady: boolean;
}

const MOST_FAILED_STARTS = 3; // a thread that cannot start here will not start the next time either

export function createWorkerPool(options: PoolOptions): WorkerPool {
  const { dataDir, workers, memoryBudgetBytes, workerFile, onDefect, worthPartingRows } = options;
  const arena = createSharedArena(memoryBudgetBytes);
  const keeper = new ArenaKeeper(arena, memoryBudgetBytes);
  const cancelled = new Int32Array(new SharedArrayBuffer(CANCEL_SLOTS * 4));
  const freeSlots = Array.from({ length: CANCEL_SLOTS }, (_, slot) => slot);
  const queue: Task[] = [];
  const threads = new Set<Thread>();
  let lastTask = 0;
  let isClosed = false;
  let failedStarts = 0;
  for (let i = 0; i < workers; i++) threads.add(startThread());

  function startThread(): Thread {
    const { port1, port2 } = new MessageChannel();
    const bell = new Int32Array(new SharedArrayBuffer(4));
    const setup: WorkerSetup = {
      dataDir,
      arena,
      line: { port: port2, bell },
      cancelled,
      workers,
      worthPartingRows,
    };
    port1.on('message', (message: ToArena) =>
      keeper.handle(message, (reply) => {
        port1.postMessage(reply);
        Atomics.add(bell, 0, 1);
        Atomics.notify(bell, 0);
      }),
    );
    const worker = new Worker(workerFile, { workerData: setup, transferList: [port2] });
    const thread: Thread = { worker, busy: 0, tasks: new Map(), isReady: false };
    port1.unref();
    worker.unref();
    worker.on('message', (message: FromWorker) => receive(thread, message));
    worker.on('error', (error: unknown) =>
      lose(thread, error instanceof Error ? String(error.stack) : String(error)),
    );
    worker.on('exit', (code) => lose(thread, `a kernel thread ended with ${code}`));
    return thread;
  }

  /** A thread is gone: what ran on it is asked anew by whoever wants it, and another takes its place. */
  function lose(thread: Thread, why: string): void {
    if (!threads.delete(thread) || isClosed) return;
    onDefect(why);
    const error = new AppError('worker-restarted', 'a kernel thread was restarted; asking again is safe');
    for (const task of thread.tasks.values()) task.fail(error);
    if (!thread.isReady) failedStarts++;
    if (failedStarts < MOST_FAILED_STARTS) threads.add(startThread());
    if (threads.size === 0) for (const task of queue.splice(0)) task.fail(unavailable());
    dispatch();
  }

  function receive(thread: Thread, message: FromWorker): void {
    if (message.say === 'ready') {
      thread.isReady = true;
      failedStarts = 0;
      dispatch();
      return;
    }
    const task = thread.tasks.get(message.task);
    if (task === undefined) return;
    switch (message.say) {
      case 'progress':
        task.onProgress?.({ done: message.done, total: message.total });
        return;
      case 'wants-parts':
        thread.busy--;
        void handOut(thread, task, message);
        dispatch();
        return;
      case 'failed':
        end(thread, message.task);
        if (message.error.stack !== undefined) onDefect(message.error.stack);
        task.fail(toError(message.error));
        return;
      case 'answered':
      case 'part-done':
        end(thread, message.task);
        task.done(message);
    }
  }

  function end(thread: Thread, task: number): void {
    thread.tasks.delete(task);
    thread.busy--;
    dispatch();
  }

  async function handOut(
    thread: Thread,
    { message: { setting } }: Task,
    { task, call, work, parts }: Extract<FromWorker, { say: 'wants-parts' }>,
  ): Promise<void> {
    const indexes = Array.from({ length: parts }, (_, index) => index);
    let reply: ToWorker;
    try {
      const outcomes = await Promise.all(
        indexes.map((index) =>
          run<PartOutcome>({ do: 'part', task: 0, setting, work, part: { index, of: parts } }, true),
        ),
      );
      reply = { do: 'parts-done', task, call, outcomes };
    } catch (error) {
      reply = { do: 'parts-failed', task, call, error: toWorkerError(error) };
    }
    thread.busy++;
    thread.worker.postMessage(reply);
  }

  /** Parts go before questions that have not begun. */
  function run<Outcome>(
    message: Task['message'],
    isFirst: boolean,
    onProgress?: RunOptions['onProgress'],
  ): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const task: Task = {
        message: { ...message, task: ++lastTask },
        done: (reply) =>
          resolve(
            (reply.say === 'part-done'
              ? reply.outcome
              : (reply as { computed?: unknown }).computed) as Outcome,
          ),
        fail: reject,
        ...(onProgress === undefined ? {} : { onProgress }),
      };
      if (isFirst) queue.unshift(task);
      else queue.push(task);
      dispatch();
    });
  }

  function dispatch(): void {
    for (const thread of threads) {
      if (!thread.isReady || thread.busy > 0) continue;
      const task = queue.shift();
      if (task === undefined) return;
      thread.busy++;
      thread.tasks.set(task.message.task, task);
      thread.worker.postMessage(task.message);
    }
  }

  function dropQueued(cancelSlot: number): void {
    for (const task of queue.filter(({ message }) => message.setting.cancelSlot === cancelSlot)) {
      queue.splice(queue.indexOf(task), 1);
      task.fail(new AppError('cancelled', 'the question was cancelled'));
    }
  }

  return {
    async compute(setting, { signal, onProgress }) {
      throwIfCancelled(signal);
      if (threads.size === 0) throw unavailable();
      const cancelSlot = freeSlots.pop();
      if (cancelSlot === undefined)
        throw new AppError('too-large', `more than ${CANCEL_SLOTS} questions at once`);
      Atomics.store(cancelled, cancelSlot, 0);
      Atomics.add(arena.clock, 0, 1);
      const cancel = (): void => {
        Atomics.store(cancelled, cancelSlot, 1);
        dropQueued(cancelSlot);
      };
      signal?.addEventListener?.('abort', cancel, { once: true });
      try {
        const message = { do: 'answer' as const, task: 0, setting: { ...setting, cancelSlot } };
        return await run<SerialComputed>(message, false, onProgress);
      } finally {
        signal?.removeEventListener?.('abort', cancel);
        freeSlots.push(cancelSlot);
      }
    },
    close() {
      isClosed = true;
      // Threads end by themselves: one that is torn down inside SQLite takes the process with it.
      cancelled.fill(1);
      for (const { worker, tasks } of threads) {
        worker.postMessage({ do: 'end' } satisfies ToWorker);
        for (const task of tasks.values()) task.fail(ending());
      }
      threads.clear();
      for (const task of queue.splice(0)) task.fail(ending());
    },
  };
}

const ending = (): AppError => new AppError('cancelled', 'the program is ending');
const unavailable = (): AppError => new AppError('not-available', 'kernel threads do not start here');

function toError({ isGone, code, message, path }: WorkerError): Error {
  return isGone ? new SegmentGone(message) : new AppError(code, message, path === undefined ? {} : { path });
}

function toWorkerError(error: unknown): WorkerError {
  if (error instanceof SegmentGone)
    return { code: 'corrupt', message: error.message, retryable: true, isGone: true };
  const { code, message, path, retryable } =
    error instanceof AppError ? error : new AppError('internal', String(error));
  return { code, message, retryable, isGone: false, ...(path === undefined ? {} : { path }) };
}
