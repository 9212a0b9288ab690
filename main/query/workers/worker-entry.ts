// A kernel thread of the query process: computes whole questions, and parts of those of others.
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, toErrorShape } from '../../../shared/errors.ts';
import { ArenaClient } from '../arena/arena-client.ts';
import { createArenaColumns } from '../arena/arena-columns.ts';
import { SegmentGone } from '../columns/column-files.ts';
import { Scratch } from '../kernels/js/scratch.ts';
import { createSettingOpener, type SettingOpener } from '../open-setting.ts';
import { computeAnswer, computePart, type PartsElsewhere } from '../results/compute-answer.ts';
import type { PartOutcome } from '../results/part-task.ts';
import { toSerial } from '../results/serial-computed.ts';
import type { FromWorker, TaskSetting, ToWorker, WorkerError, WorkerSetup } from './messages.ts';
import { partsOf } from './parts-of.ts';

if (parentPort === null) throw new Error('a kernel thread is started by the query process');
serve(parentPort, workerData as WorkerSetup);

interface Port {
  postMessage(message: FromWorker): void;
  close(): void;
  on(event: 'message', take: (message: ToWorker) => void): void;
}

function serve(port: Port, setup: WorkerSetup): void {
  const { dataDir, cancelled } = setup;
  const columns = createArenaColumns(dataDir, new ArenaClient(setup.arena, setup.line));
  let nowMs = 0;
  let opener: SettingOpener | undefined; // a folder may get its workspace later
  const openSetting = (setting: TaskSetting) => {
    nowMs = setting.nowMs;
    opener ??= createSettingOpener(dataDir, columns, () => nowMs);
    return { ...opener.open(setting.spec, { revision: setting.revision }), nowMs: setting.nowMs };
  };
  const waiting = new Map<
    string,
    { take: (outcomes: PartOutcome[]) => void; refuse: (error: Error) => void }
  >();
  let running = 0;
  let calls = 0;

  const runOf = (task: number, { cancelSlot }: TaskSetting) => ({
    scratch: new Scratch(),
    run: {
      signal: {
        get aborted() {
          return Atomics.load(cancelled, cancelSlot) === 1;
        },
      },
      onProgress: ({ done, total }: { done: number; total: number }) =>
        port.postMessage({ say: 'progress', task, done, total }),
    },
  });

  const partsElsewhere =
    (task: number): PartsElsewhere =>
    (work, question) => {
      const parts = partsOf(work, question, setup);
      if (parts <= 1) return null;
      const call = ++calls;
      port.postMessage({ say: 'wants-parts', task, call, work, parts });
      return new Promise((take, refuse) => waiting.set(`${task}:${call}`, { take, refuse }));
    };

  async function work(task: number, compute: () => Promise<FromWorker>): Promise<void> {
    running++;
    let reply: FromWorker;
    try {
      reply = await compute();
    } catch (error) {
      reply = { say: 'failed', task, error: toWorkerError(error) };
    }
    if (--running === 0) columns.endQuestion();
    port.postMessage(reply);
  }

  port.on('message', (message) => {
    if (message.do === 'end') {
      opener?.close();
      setup.line.port.close();
      port.close();
      return;
    }
    const { task } = message;
    switch (message.do) {
      case 'answer': {
        const { setting } = message;
        void work(task, async () => {
          const run = { ...runOf(task, setting), parts: partsElsewhere(task) };
          return {
            say: 'answered',
            task,
            computed: toSerial(await computeAnswer(setting.spec, openSetting(setting), run)),
          };
        });
        return;
      }
      case 'part': {
        const { setting } = message;
        void work(task, async () => {
          const outcome = await computePart(
            openSetting({ ...setting, spec: message.work.spec }),
            runOf(task, setting),
            message,
          );
          return { say: 'part-done', task, outcome };
        });
        return;
      }
      case 'parts-done':
      case 'parts-failed': {
        const key = `${task}:${message.call}`;
        const waiter = waiting.get(key);
        waiting.delete(key);
        if (message.do === 'parts-done') waiter?.take(message.outcomes);
        else waiter?.refuse(fromWorkerError(message.error));
      }
    }
  });
  port.postMessage({ say: 'ready' });
}

function toWorkerError(error: unknown): WorkerError {
  const isGone = error instanceof SegmentGone;
  const isUnexpected = !isGone && !(error instanceof AppError);
  return {
    ...toErrorShape(error),
    isGone,
    ...(isGone ? { message: error.message } : {}),
    ...(isUnexpected ? { stack: String((error as Error).stack) } : {}),
  };
}

function fromWorkerError({ isGone, code, message, path }: WorkerError): Error {
  return isGone ? new SegmentGone(message) : new AppError(code, message, path === undefined ? {} : { path });
}
