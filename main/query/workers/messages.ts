import type { AppErrorShape } from '../../../shared/errors.ts';
import type { QuerySpec } from '../../../shared/query/spec.ts';
import type { ArenaLine } from '../arena/arena-client.ts';
import type { SharedArena } from '../arena/shared-memory.ts';
import type { Part } from '../plan/part.ts';
import type { PartOutcome, PartTask } from '../results/part-task.ts';
import type { SerialComputed } from '../results/serial-computed.ts';

/** What the thread that answers and the threads that compute say to each other. */

export interface WorkerSetup {
  dataDir: string;
  arena: SharedArena;
  line: ArenaLine;
  /** By slot: 1 where a question has been cancelled. */
  cancelled: Int32Array;
  workers: number;
  /** From so many rows on a step is cut into parts. */
  worthPartingRows: number;
}

/** What every task is about. */
export interface TaskSetting {
  spec: QuerySpec;
  revision: number;
  nowMs: number;
  cancelSlot: number;
}

export type ToWorker =
  | { do: 'end' }
  | { do: 'answer'; task: number; setting: TaskSetting }
  | { do: 'part'; task: number; setting: TaskSetting; work: PartTask; part: Part }
  | { do: 'parts-done'; task: number; call: number; outcomes: PartOutcome[] }
  | { do: 'parts-failed'; task: number; call: number; error: WorkerError };

/** `isGone`: a segment or revision has been replaced meanwhile. */
export interface WorkerError extends AppErrorShape {
  isGone: boolean;
  stack?: string;
}

export type FromWorker =
  | { say: 'ready' }
  | { say: 'answered'; task: number; computed: SerialComputed }
  | { say: 'part-done'; task: number; outcome: PartOutcome }
  | { say: 'failed'; task: number; error: WorkerError }
  | { say: 'progress'; task: number; done: number; total: number }
  | { say: 'wants-parts'; task: number; call: number; work: PartTask; parts: number };
