import { AppError } from '../errors.ts';
import { CALLS_PER_LINK, STUCK_CALL_MS } from '../limits.ts';
import { CallQueue } from './call-queue.ts';
import { Executions } from './executions.ts';
import { type Frame, type Link, PROTOCOL_VERSION, type RequestFrame, type Role } from './frames.ts';
import type { Handlers, OpLog } from './handlers.ts';
import { type Heartbeat, startHeartbeat } from './heartbeat.ts';
import type { TopicName, TopicPayload } from './methods.ts';
import { type AnyHandler, type CallContext, errFrame, RunningCall } from './running-call.ts';
import type { Runtime } from './runtime.ts';
import { parseFrame, parseRequest, parseTopic } from './validate.ts';

export interface RpcServerOptions<R extends Role> {
  role: R;
  /** Name and version of this build, for the greeting. */
  app: string;
  epoch: number;
  handlers: Handlers<R>;
  runtime: Runtime;
  opLog?: OpLog;
  /** Calls that run at once, over all links; the others wait in order. Those with `cancel: queue` do not count. */
  concurrency?: number;
  /** Told of every error that is not meant for the caller. */
  onDefect?: (error: unknown, method: string) => void;
}

export interface RpcServer {
  accept(link: Link): void;
  publish<T extends TopicName>(topic: T, payload: TopicPayload<T>): void;
  /** A call goes on although it was cancelled some time ago. */
  isStuck(): boolean;
  /** Ends every link; what only reads is stopped. */
  close(reason: string): void;
}

/**
 * The answering end of the contract, over any number of links. A frame that breaks the contract never reaches a
 * handler: a request is answered with `err`, anything else closes its link.
 */
export function createRpcServer<R extends Role>(options: RpcServerOptions<R>): RpcServer {
  const { role, app, epoch, runtime } = options;
  const connections = new Set<Connection>();
  const end: AnsweringEnd = {
    hello: { t: 'hello', proto: PROTOCOL_VERSION, app, role, epoch },
    handlers: new Map(Object.entries<AnyHandler>(options.handlers as unknown as Record<string, AnyHandler>)),
    runtime,
    queue: new CallQueue(options.concurrency ?? Number.POSITIVE_INFINITY),
    executions: new Executions(runtime, options.opLog),
    onDefect: options.onDefect ?? (() => undefined),
  };
  return {
    accept(link) {
      const connection: Connection = new Connection(link, end, () => connections.delete(connection));
      connections.add(connection);
      connection.open();
    },
    publish(topic, payload) {
      const checked = parseTopic(topic, payload);
      for (const connection of connections) connection.publish(topic, checked);
    },
    isStuck: () => [...connections].some((connection) => connection.isStuck()),
    close(reason) {
      for (const connection of [...connections]) connection.close(reason);
    },
  };
}

interface AnsweringEnd extends CallContext {
  hello: Frame & { t: 'hello' };
  /** Their types were checked where the table was made; parameters are parsed before they are called. */
  handlers: ReadonlyMap<string, AnyHandler>;
}

/** One link: the greeting, the calls that have not ended, and what is published to it. */
class Connection {
  readonly #link: Link;
  readonly #end: AnsweringEnd;
  readonly #onClose: () => void;
  readonly #calls = new Map<number, RunningCall>();
  readonly #seqByTopic = new Map<string, number>();
  #heartbeat: Heartbeat | undefined;
  #greeted = false;

  constructor(link: Link, end: AnsweringEnd, onClose: () => void) {
    this.#link = link;
    this.#end = end;
    this.#onClose = onClose;
  }

  open(): void {
    this.#heartbeat = startHeartbeat(this.#link, this.#end.runtime);
    this.#link.onClose(() => this.#lost());
    this.#link.send(this.#end.hello);
    this.#link.onFrame((frame) => this.#receive(frame)); // may deliver at once what came early
  }

  publish(topic: string, payload: unknown): void {
    const seq = (this.#seqByTopic.get(topic) ?? 0) + 1;
    this.#seqByTopic.set(topic, seq);
    this.#link.send({ t: 'event', topic, seq, p: payload });
  }

  isStuck(): boolean {
    return [...this.#calls.values()].some((call) => call.isStuck(STUCK_CALL_MS));
  }

  close(reason: string): void {
    this.#link.close(reason);
  }

  #lost(): void {
    this.#heartbeat?.stop();
    for (const call of [...this.#calls.values()]) call.linkLost();
    this.#onClose();
  }

  #receive(value: unknown): void {
    try {
      this.#handle(parseFrame(value));
    } catch (error) {
      this.#refuse(value, error);
    }
  }

  /** A malformed request with a usable id gets its answer; after anything else the lane cannot be trusted. */
  #refuse(value: unknown, error: unknown): void {
    const id = requestIdOf(value);
    if (this.#greeted && id !== undefined && !this.#calls.has(id)) this.#link.send(errFrame(id, error));
    else this.close(error instanceof AppError ? error.message : 'malformed frame');
  }

  #handle(frame: Frame): void {
    this.#heartbeat?.heard();
    if (frame.t === 'hello') return this.#greet(frame.proto);
    if (!this.#greeted) throw new AppError('bad-input', `a ${frame.t} frame before the greeting`);
    switch (frame.t) {
      case 'req':
        return this.#start(frame);
      case 'cancel':
        return this.#calls.get(frame.id)?.cancel();
      case 'credit':
        return this.#calls.get(frame.id)?.addCredit(frame.n);
      case 'ping':
        return this.#link.send({ t: 'pong' });
      case 'pong':
        return;
      default:
        throw new AppError('bad-input', `a ${frame.t} frame cannot come from the asking end`);
    }
  }

  #greet(proto: number): void {
    this.#greeted = proto === PROTOCOL_VERSION;
    if (!this.#greeted) this.close('the two ends speak different versions');
  }

  #start(frame: RequestFrame): void {
    if (this.#calls.has(frame.id)) throw new AppError('bad-input', `request id ${frame.id} is in use`);
    if (this.#calls.size >= CALLS_PER_LINK)
      throw new AppError('too-large', `more than ${CALLS_PER_LINK} calls at once`);
    const request = parseRequest(frame);
    const handler = this.#end.handlers.get(request.name);
    if (handler === undefined) throw new AppError('bad-input', `${request.name} is not answered here`);
    const onEnd = (): void => void this.#calls.delete(frame.id);
    const call = new RunningCall({ frame, request, handler, context: this.#end, link: this.#link, onEnd });
    this.#calls.set(frame.id, call);
    call.enqueue();
  }
}

function requestIdOf(value: unknown): number | undefined {
  if (typeof value !== 'object' || value === null || !('t' in value) || value.t !== 'req') return undefined;
  const id = 'id' in value ? value.id : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : undefined;
}
