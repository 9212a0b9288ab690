import { AppError, toErrorShape } from '../errors.ts';
import { DEFAULT_CREDIT } from '../limits.ts';
import type { CallQueue } from './call-queue.ts';
import { Conflater } from './conflater.ts';
import type { Execution, Executions } from './executions.ts';
import { type Frame, type Link, MAX_CREDIT, type RequestFrame } from './frames.ts';
import type { Runtime } from './runtime.ts';
import { type CheckedRequest, parsePart, parseProgress, parseResult } from './validate.ts';

export type AnyHandler = (params: unknown, call: unknown) => unknown;

export interface CallContext {
  runtime: Runtime;
  queue: CallQueue;
  executions: Executions;
  onDefect: (error: unknown, method: string) => void;
}

/** One request on one link: queued → running → ended by exactly one final frame. */
export class RunningCall {
  readonly #frame: RequestFrame;
  readonly #request: CheckedRequest;
  readonly #handler: AnyHandler;
  readonly #context: CallContext;
  readonly #link: Link;
  readonly #onEnd: () => void;
  readonly #progress: Conflater;
  #execution: Execution | undefined;
  #ended = false;
  #abortedAtMs: number | undefined;
  #stopReason: string | undefined;
  #credit: number;
  #creditWaiters: (() => void)[] = [];
  #partSeq = 0;
  #progressSeq = 0;
  #stopDeadline: (() => void) | undefined;

  constructor(call: {
    frame: RequestFrame;
    request: CheckedRequest;
    handler: AnyHandler;
    context: CallContext;
    link: Link;
    onEnd: () => void;
  }) {
    this.#frame = call.frame;
    this.#request = call.request;
    this.#handler = call.handler;
    this.#context = call.context;
    this.#link = call.link;
    this.#onEnd = call.onEnd;
    this.#credit = call.frame.credit ?? DEFAULT_CREDIT;
    this.#progress = new Conflater(call.context.runtime, (p) => this.#sendProgress(p));
  }

  enqueue(): void {
    const { deadlineMs } = this.#frame;
    if (deadlineMs !== undefined) {
      const expire = (): void => this.cancel(`took longer than the allowed ${deadlineMs} ms`);
      this.#stopDeadline = this.#context.runtime.startTimer(expire, deadlineMs);
    }
    // what cannot be stopped once it runs is short, and never waits behind what is long
    if (this.#request.method.cancel === 'queue') void this.#run();
    else this.#context.queue.add(this, () => this.#run());
  }

  /** Queued: ends at once. Running: the handler sees its signal, and the final frame follows when it returns. */
  cancel(reason = 'cancelled'): void {
    if (this.#ended) return;
    this.#stopReason ??= reason;
    if (this.#execution === undefined) {
      this.#context.queue.remove(this);
      this.#end(errFrame(this.#frame.id, new AppError('cancelled', reason)));
    } else if (this.#request.method.cancel !== 'queue') {
      this.#abortedAtMs ??= this.#context.runtime.nowMs();
      this.#execution.abort.abort(new AppError('cancelled', reason));
      this.#wakeCreditWaiters();
    }
  }

  /** It was told to stop at least that long ago and runs on. */
  isStuck(sinceMs: number): boolean {
    return this.#abortedAtMs !== undefined && this.#context.runtime.nowMs() - this.#abortedAtMs >= sinceMs;
  }

  /** Nobody reads on: what only reads stops; a mutation runs to its end and waits to be asked for again. */
  linkLost(): void {
    if (this.#request.method.kind === 'mutation' && this.#execution !== undefined) this.#leave();
    else this.cancel('the link was lost');
  }

  addCredit(n: number): void {
    this.#credit = Math.min(MAX_CREDIT, this.#credit + n);
    this.#wakeCreditWaiters();
  }

  async #run(): Promise<void> {
    const { id, op } = this.#frame;
    const { name } = this.#request;
    try {
      this.#execution = this.#context.executions.start(name, op, (own) => this.#answer(own));
      this.#execution.onProgress.add(this.#offerProgress);
      const r = await this.#execution.result;
      this.#end({ t: 'ok', id, r });
    } catch (error) {
      const isStopped = this.#execution?.abort.signal.aborted ?? false;
      if (!isStopped && isDefect(error)) this.#context.onDefect(error, name);
      this.#end(errFrame(id, isStopped ? new AppError('cancelled', this.#stopReason ?? 'cancelled') : error));
    }
  }

  async #answer({ abort, onProgress }: Pick<Execution, 'abort' | 'onProgress'>): Promise<unknown> {
    const { name, params } = this.#request;
    if (abort.signal.aborted) throw new AppError('cancelled', 'cancelled'); // before it began
    const result = await this.#handler(params, {
      signal: abort.signal,
      op: this.#frame.op,
      progress: (value: unknown) => {
        const checked = parseProgress(name, value);
        for (const offer of onProgress) offer(checked);
      },
      part: (part: Part) => this.#sendPart(part, abort.signal),
    });
    return parseResult(name, result);
  }

  async #sendPart({ meta, bin, last }: Part, signal: Execution['abort']['signal']): Promise<void> {
    const checked = parsePart(this.#request.name, meta, bin);
    while (this.#credit === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => this.#creditWaiters.push(resolve));
    }
    if (signal.aborted) throw new AppError('cancelled', 'cancelled');
    this.#credit--;
    this.#link.send({ t: 'part', id: this.#frame.id, seq: this.#partSeq++, meta: checked, last }, bin);
  }

  #wakeCreditWaiters(): void {
    for (const wake of this.#creditWaiters.splice(0)) wake();
  }

  readonly #offerProgress = (value: unknown): void => this.#progress.offer(value);

  #sendProgress(p: unknown): void {
    this.#link.send({ t: 'prog', id: this.#frame.id, seq: this.#progressSeq++, p });
  }

  #end(final: Frame): void {
    if (this.#ended) return;
    this.#leave();
    this.#link.send(final);
  }

  #leave(): void {
    this.#ended = true;
    this.#stopDeadline?.();
    this.#progress.stop();
    this.#execution?.onProgress.delete(this.#offerProgress);
    this.#onEnd();
  }
}

interface Part {
  meta: unknown;
  bin: Uint8Array;
  last: boolean;
}

const isDefect = (error: unknown): boolean => !(error instanceof AppError) || error.code === 'internal';

/** Longest texts that the frame's schema lets through. */
const MAX_MESSAGE_LENGTH = 2_000;
const MAX_PATH_LENGTH = 500;

export function errFrame(id: number, error: unknown): Frame {
  const { code, message, retryable, path, detail } = toErrorShape(error);
  return {
    t: 'err',
    id,
    code,
    message: message.slice(0, MAX_MESSAGE_LENGTH),
    retry: retryable,
    ...(path === undefined ? {} : { path: path.slice(0, MAX_PATH_LENGTH) }),
    ...(detail === undefined ? {} : { data: detail }),
  };
}
