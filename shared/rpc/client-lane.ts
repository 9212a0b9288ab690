import { AppError, type JsonValue } from '../errors.ts';
import { BACKOFF_FIRST_MS, BACKOFF_LAST_MS, STUCK_CANCEL_MS } from '../limits.ts';
import type { ClientCall } from './client-call.ts';
import { type Frame, type Link, PROTOCOL_VERSION, type Role } from './frames.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import { type TopicName } from './methods.ts';
import type { Runtime } from './runtime.ts';
import { isTopicName, parseFrame, parseTopic } from './validate.ts';

/** A way to one or several kinds of processes; `open` is called again whenever the link is lost. */
export interface Lane {
  roles: readonly Role[];
  /** Rejects with `auth-failed` where only a new login helps; every other failure is tried again. */
  open(): Promise<Link>;
}

export type LaneState =
  | 'connecting'
  | 'open'
  | 'reconnecting'
  /** The other end speaks another version: only a reload helps. */
  | 'reload-needed'
  | 'login-needed'
  | 'closed';

export interface LaneEvents {
  state(state: LaneState): void;
  event(topic: TopicName, payload: unknown): void;
  /** Events may have been missed: of one topic, or after a lost link of all. */
  gap(topic: TopicName | null): void;
  /** A cancelled call goes on although its time is over. */
  stuck(role: Role): void;
}

const HELLO_WAIT_MS = 10_000; // a process that starts on a busy machine greets within one or two

/** One lane of the asking end: its link, its greeting, and the calls that have not ended. */
export class ClientLane {
  readonly #lane: Lane;
  readonly #app: string;
  readonly #runtime: Runtime;
  readonly #events: LaneEvents;
  readonly #calls = new Set<ClientCall>();
  readonly #callById = new Map<number, ClientCall>();
  readonly #lastSeqByTopic = new Map<string, number>();
  #state: LaneState = 'connecting';
  #link: Link | undefined;
  #heartbeat: Heartbeat | undefined;
  #lastId = 0;
  #failures = 0;
  #stopWaiting: () => void = () => undefined;

  constructor(lane: Lane, options: { app: string; runtime: Runtime; events: LaneEvents }) {
    this.#lane = lane;
    this.#app = options.app;
    this.#runtime = options.runtime;
    this.#events = options.events;
  }

  get state(): LaneState {
    return this.#state;
  }

  connect(): void {
    this.#lane.open().then(
      (link) => this.#opened(link),
      (error: unknown) => this.#failed(error),
    );
  }

  close(): void {
    this.#finish('closed', new AppError('cancelled', 'the connection was closed'));
  }

  start(call: ClientCall): void {
    const refusal = refusalIn(this.#state);
    if (refusal !== undefined) return call.reject(refusal);
    this.#calls.add(call);
    this.#watchLimits(call);
    if (this.#state === 'open') this.#send(call);
  }

  #watchLimits(call: ClientCall): void {
    const { signal, deadlineMs } = call.settings;
    const onAbort = (): void => this.#cancel(call, 'cancelled');
    const onDeadline = (): void => this.#cancel(call, `took longer than the allowed ${deadlineMs ?? 0} ms`);
    const stopTimer = deadlineMs === undefined ? undefined : this.#runtime.startTimer(onDeadline, deadlineMs);
    signal?.addEventListener('abort', onAbort, { once: true });
    const release = (): void => {
      stopTimer?.();
      signal?.removeEventListener('abort', onAbort);
    };
    call.promise.then(release, release);
    if (signal?.aborted === true) onAbort();
  }

  /** What only reads is given up at once; a mutation may have won the race, so its final frame decides. */
  #cancel(call: ClientCall, reason: string): void {
    const { id } = call;
    if (call.isSettled) return;
    if (id === undefined || this.#link === undefined) {
      this.#calls.delete(call);
      return call.reject(new AppError('cancelled', reason));
    }
    this.#link.send({ t: 'cancel', id });
    if (call.method.kind !== 'mutation') call.reject(new AppError('cancelled', reason));
    if (call.method.role === 'query' && call.method.cancel !== 'queue') this.#watchCancel(id);
  }

  #watchCancel(id: number): void {
    this.#runtime.startTimer(() => {
      if (this.#callById.has(id)) this.#events.stuck('query');
    }, STUCK_CANCEL_MS);
  }

  #send(call: ClientCall): void {
    const id = ++this.#lastId;
    this.#callById.set(id, call);
    this.#link?.send(call.send(id));
  }

  #opened(link: Link): void {
    if (this.#state === 'closed') return link.close();
    this.#link = link;
    this.#stopWaiting = this.#runtime.startTimer(() => link.close('no greeting'), HELLO_WAIT_MS);
    link.onClose(() => this.#lost(link));
    link.send({ t: 'hello', proto: PROTOCOL_VERSION, app: this.#app, role: 'renderer', epoch: 0 });
    link.onFrame((frame, bin) => this.#receive(link, frame, bin)); // may deliver at once what came early
  }

  #failed(error: unknown): void {
    if (error instanceof AppError && error.code === 'auth-failed') return this.#finish('login-needed', error);
    this.#retryLater();
  }

  #lost(link: Link): void {
    if (this.#link !== link) return;
    this.#stopWaiting();
    this.#heartbeat?.stop();
    this.#link = undefined;
    this.#lastSeqByTopic.clear();
    const interrupted = [...this.#callById.values()];
    this.#callById.clear();
    for (const call of interrupted) this.#resendOrEnd(call, linkLost());
    if (refusalIn(this.#state) === undefined) this.#retryLater();
  }

  #retryLater(): void {
    if (refusalIn(this.#state) !== undefined) return;
    if (this.#state !== 'connecting') this.#setState('reconnecting');
    const delayMs = Math.min(BACKOFF_LAST_MS, BACKOFF_FIRST_MS * 2 ** this.#failures++);
    this.#stopWaiting = this.#runtime.startTimer(() => this.connect(), delayMs);
  }

  #receive(link: Link, value: unknown, bin: Uint8Array | undefined): void {
    if (this.#link !== link) return;
    try {
      this.#handle(link, parseFrame(value), bin);
    } catch (error) {
      link.close(error instanceof AppError ? error.message : 'malformed frame');
    }
  }

  #handle(link: Link, frame: Frame, bin: Uint8Array | undefined): void {
    this.#heartbeat?.heard();
    switch (frame.t) {
      case 'hello':
        return this.#greet(link, frame.proto);
      case 'ping':
        return link.send({ t: 'pong' });
      case 'pong':
        return;
      case 'event':
        return this.#takeEvent(frame.topic, frame.seq, frame.p);
      case 'prog':
        return this.#callOf(frame.id).takeProgress(frame.p);
      case 'part':
        return this.#callOf(frame.id).takePart(frame, bin, () =>
          link.send({ t: 'credit', id: frame.id, n: 1 }),
        );
      case 'ok':
        return this.#takeOk(frame.id, frame.r);
      case 'err':
        return this.#takeErr(frame);
      default:
        throw new AppError('internal', `a ${frame.t} frame cannot come from the answering end`);
    }
  }

  #greet(link: Link, proto: number): void {
    this.#stopWaiting();
    if (proto !== PROTOCOL_VERSION) {
      return this.#finish(
        'reload-needed',
        new AppError('protocol-mismatch', 'this window is of another version; reload it'),
      );
    }
    const isFirst = this.#state === 'connecting';
    this.#failures = 0;
    this.#heartbeat = startHeartbeat(link, this.#runtime);
    this.#setState('open');
    for (const call of this.#calls) if (call.id === undefined) this.#send(call);
    if (!isFirst) this.#events.gap(null);
  }

  #callOf(id: number): ClientCall {
    const call = this.#callById.get(id);
    if (call === undefined) throw new AppError('internal', `a frame for call ${id}, which is not there`);
    return call;
  }

  #takeOk(id: number, result: unknown): void {
    const call = this.#callOf(id);
    this.#callById.delete(id);
    this.#calls.delete(call);
    try {
      call.resolve(result);
    } catch (error) {
      call.reject(error instanceof AppError ? error : linkLost());
    }
  }

  #takeErr(frame: Frame & { t: 'err' }): void {
    const call = this.#callOf(frame.id);
    this.#callById.delete(frame.id);
    const error = new AppError(frame.code, frame.message, {
      retryable: frame.retry,
      ...(frame.path === undefined ? {} : { path: frame.path }),
      ...(frame.data === undefined ? {} : { detail: frame.data as JsonValue }), // it came as JSON or as its like
    });
    if (frame.code === 'worker-restarted') this.#resendOrEnd(call, error);
    else this.#end(call, error);
  }

  #resendOrEnd(call: ClientCall, error: AppError): void {
    if (!call.mayResend()) this.#end(call, error);
    else if (this.#state === 'open' && this.#link !== undefined) this.#send(call);
  }

  #end(call: ClientCall, error: AppError): void {
    this.#calls.delete(call);
    call.reject(error);
  }

  #takeEvent(topic: string, seq: number, payload: unknown): void {
    if (!isTopicName(topic)) throw new AppError('internal', `unknown topic "${topic}"`);
    const checked = parseTopic(topic, payload);
    const last = this.#lastSeqByTopic.get(topic);
    this.#lastSeqByTopic.set(topic, seq);
    if (last !== undefined && seq !== last + 1) this.#events.gap(topic);
    this.#events.event(topic, checked);
  }

  #finish(state: LaneState, error: AppError): void {
    this.#setState(state);
    this.#stopWaiting();
    for (const call of [...this.#calls]) this.#end(call, error);
    this.#link?.close(error.message);
  }

  #setState(state: LaneState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#events.state(state);
  }
}

const linkLost = (): AppError =>
  new AppError('worker-restarted', 'the connection was lost while this was answered');

/** Why nothing can be asked in a final state; undefined while waiting makes sense. */
function refusalIn(state: LaneState): AppError | undefined {
  switch (state) {
    case 'closed':
      return new AppError('cancelled', 'the connection was closed');
    case 'reload-needed':
      return new AppError('protocol-mismatch', 'this window is of another version; reload it');
    case 'login-needed':
      return new AppError('auth-failed', 'this window is not logged in; open a fresh link');
    case 'connecting':
    case 'open':
    case 'reconnecting':
      return undefined;
  }
}
