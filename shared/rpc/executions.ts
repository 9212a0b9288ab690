import { AppError } from '../errors.ts';
import type { OpLog } from './handlers.ts';
import type { AbortSource, Runtime } from './runtime.ts';

/** One run of a handler. A mutation that is sent again while it runs joins the run that is there. */
export interface Execution {
  readonly method: string;
  readonly abort: AbortSource;
  readonly onProgress: Set<(value: unknown) => void>;
  readonly result: Promise<unknown>;
}

export type Run = (execution: Pick<Execution, 'abort' | 'onProgress'>) => Promise<unknown>;

export class Executions {
  readonly #runtime: Runtime;
  readonly #opLog: OpLog | undefined;
  readonly #byOp = new Map<string, Execution>();

  constructor(runtime: Runtime, opLog: OpLog | undefined) {
    this.#runtime = runtime;
    this.#opLog = opLog;
  }

  start(method: string, op: string | undefined, run: Run): Execution {
    if (op === undefined) return this.#create(method, run);
    const running = this.#byOp.get(op);
    const earlier = running ?? this.#opLog?.find(op);
    if (earlier !== undefined && earlier.method !== method) {
      throw new AppError('conflict', `this op was used for ${earlier.method} before`);
    }
    if (running !== undefined) return running;
    if (earlier !== undefined) return this.#create(method, () => Promise.resolve(earlier.result));
    const execution = this.#create(method, (own) => this.#runOnce(op, method, own, run));
    this.#byOp.set(op, execution);
    return execution;
  }

  async #runOnce(op: string, method: string, own: Parameters<Run>[0], run: Run): Promise<unknown> {
    try {
      const result = await run(own);
      this.#opLog?.record(op, { method, result });
      return result;
    } finally {
      this.#byOp.delete(op);
    }
  }

  #create(method: string, run: Run): Execution {
    const own = { abort: this.#runtime.createAbort(), onProgress: new Set<(value: unknown) => void>() };
    return { method, ...own, result: Promise.resolve().then(() => run(own)) };
  }
}
