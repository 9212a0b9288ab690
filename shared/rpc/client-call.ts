import { AppError } from '../errors.ts';
import { DEFAULT_CREDIT, MUTATION_RESENDS, READ_RESENDS } from '../limits.ts';
import type { Frame, PartFrame } from './frames.ts';
import type { Method } from './method.ts';
import { METHODS, type MethodName } from './methods.ts';
import type { CancelSignal } from './runtime.ts';
import { parsePart, parseProgress, parseResult } from './validate.ts';

export interface ReceivedPart {
  meta: unknown;
  bin: Uint8Array;
  last: boolean;
}

export interface CallSettings {
  signal?: CancelSignal | undefined;
  deadlineMs?: number | undefined;
  credit?: number | undefined;
  onProgress?: ((value: unknown) => void) | undefined;
  /** Resolves once the part is consumed: only then may the sender send another one. */
  onPart?: ((part: ReceivedPart) => void | Promise<void>) | undefined;
  /** The call starts over after a lost process or link: what came so far is void. */
  onRestart?: (() => void) | undefined;
}

/** One call as its asker sees it: it may be sent several times, and settles once. */
export class ClientCall {
  readonly name: MethodName;
  readonly method: Method;
  readonly settings: CallSettings;
  readonly promise: Promise<unknown>;
  /** Of the sending that is under way; undefined while it waits for a link. */
  id: number | undefined;
  readonly #params: unknown;
  readonly #op: string | undefined;
  #resolve: (value: unknown) => void = () => undefined;
  #reject: (error: AppError) => void = () => undefined;
  #settled = false;
  #resends = 0;
  #credit = 0;
  #nextPartSeq = 0;
  #consumption: Promise<void> = Promise.resolve();

  constructor(name: MethodName, params: unknown, op: string | undefined, settings: CallSettings) {
    this.name = name;
    this.method = METHODS[name];
    this.settings = settings;
    this.#params = params;
    this.#op = op;
    this.promise = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  /** The request frame of a new sending. */
  send(id: number): Frame {
    this.id = id;
    this.#credit = this.settings.credit ?? DEFAULT_CREDIT;
    this.#nextPartSeq = 0;
    this.#consumption = Promise.resolve();
    const { deadlineMs } = this.settings;
    return {
      t: 'req',
      id,
      m: this.name,
      p: this.#params,
      ...(this.#op === undefined ? {} : { op: this.#op }),
      ...(this.method.kind === 'stream' ? { credit: this.#credit } : {}),
      ...(deadlineMs === undefined ? {} : { deadlineMs }),
    };
  }

  /** The process or the link was lost under way. True: it may be sent again. */
  mayResend(): boolean {
    this.id = undefined;
    const allowed = this.method.kind === 'mutation' ? MUTATION_RESENDS : READ_RESENDS;
    if (this.#settled || this.#resends >= allowed) return false;
    this.#resends++;
    this.settings.onRestart?.();
    return true;
  }

  takeProgress(value: unknown): void {
    const checked = parseProgress(this.name, value);
    if (!this.#settled) this.settings.onProgress?.(checked);
  }

  /** Parts are consumed one after the other; `giveCredit` is called after each. Throws when the sender broke a rule. */
  takePart(frame: PartFrame, bin: Uint8Array | undefined, giveCredit: () => void): void {
    if (frame.seq !== this.#nextPartSeq) throw new AppError('internal', `${this.name}: a part is missing`);
    if (this.#credit === 0) throw new AppError('internal', `${this.name}: a part without credit`);
    const meta = parsePart(this.name, frame.meta, bin);
    this.#nextPartSeq++;
    this.#credit--;
    const { id } = this;
    const part = { meta, bin: bin ?? new Uint8Array(), last: frame.last };
    this.#consumption = this.#consumption.then(async () => {
      if (!this.#settled) await this.settings.onPart?.(part);
      if (this.id !== id) return; // sent again meanwhile
      this.#credit++;
      giveCredit();
    });
    this.#consumption.catch((error: unknown) => this.reject(asAppError(error)));
  }

  /** Resolves once every part is consumed. */
  resolve(value: unknown): void {
    const checked = parseResult(this.name, value);
    this.#consumption.then(
      () => this.#settle(() => this.#resolve(checked)),
      () => undefined, // takePart has rejected
    );
  }

  reject(error: AppError): void {
    this.#settle(() => this.#reject(error));
  }

  #settle(how: () => void): void {
    if (this.#settled) return;
    this.#settled = true;
    how();
  }
}

const asAppError = (error: unknown): AppError =>
  error instanceof AppError
    ? error
    : new AppError('internal', 'a part could not be consumed', { cause: error });
