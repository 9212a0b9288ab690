import { AppError } from '../../../shared/errors.ts';
import { CALLS_PER_LINK } from '../../../shared/limits.ts';
import {
  type Frame,
  type Link,
  PROTOCOL_VERSION,
  type RequestFrame,
  type Role,
  ROLES,
} from '../../../shared/rpc/frames.ts';
import { type Heartbeat, startHeartbeat } from '../../../shared/rpc/heartbeat.ts';
import { isMethodName, METHODS } from '../../../shared/rpc/methods.ts';
import { errFrame } from '../../../shared/rpc/running-call.ts';
import type { Runtime } from '../../../shared/rpc/runtime.ts';
import { parseFrame } from '../../../shared/rpc/validate.ts';

export interface RouterOptions {
  /** The window's link. */
  client: Link;
  app: string;
  epoch: number;
  runtime: Runtime;
  /** A link to the process of a role, as soon as there is one. */
  connect: (role: Role) => Promise<Link>;
}

/**
 * One window, one socket, three processes: frames go to the process that answers their method, and back unchanged.
 * Each window has links of its own to each process, so ids need no translation. When a process is replaced, its calls
 * end with `worker-restarted` and later ones wait for the new one.
 */
export function routeWindow(options: RouterOptions): void {
  new Router(options).start();
}

class Router {
  readonly #options: RouterOptions;
  readonly #roleById = new Map<number, Role>();
  readonly #backends: ReadonlyMap<Role, Backend>;
  #heartbeat: Heartbeat | undefined;
  #greeted = false;

  constructor(options: RouterOptions) {
    this.#options = options;
    this.#backends = new Map(
      ROLES.map((role) => [
        role,
        new Backend(() => options.connect(role), {
          frame: (frame, bin) => this.#fromProcess(frame, bin),
          lost: (error) => this.#endCalls(role, error),
        }),
      ]),
    );
  }

  start(): void {
    const { client, app, epoch, runtime } = this.#options;
    this.#heartbeat = startHeartbeat(client, runtime);
    client.onClose(() => {
      this.#heartbeat?.stop();
      for (const backend of this.#backends.values()) backend.close();
    });
    client.send({ t: 'hello', proto: PROTOCOL_VERSION, app, role: 'shell', epoch });
    client.onFrame((frame) => this.#fromWindow(frame)); // may deliver at once what came early
  }

  #fromWindow(value: unknown): void {
    try {
      this.#route(parseFrame(value));
    } catch (error) {
      this.#options.client.close(error instanceof AppError ? error.message : 'malformed frame');
    }
  }

  #route(frame: Frame): void {
    this.#heartbeat?.heard();
    if (frame.t === 'hello') return this.#greet(frame.proto);
    if (!this.#greeted) throw new AppError('bad-input', `a ${frame.t} frame before the greeting`);
    switch (frame.t) {
      case 'req':
        return this.#routeRequest(frame);
      case 'cancel':
      case 'credit':
        return this.#backendOf(frame.id)?.send(frame); // none: its final frame is on the way
      case 'ping':
        return this.#options.client.send({ t: 'pong' });
      case 'pong':
        return;
      default:
        throw new AppError('bad-input', `a ${frame.t} frame cannot come from the asking end`);
    }
  }

  #greet(proto: number): void {
    this.#greeted = proto === PROTOCOL_VERSION;
    if (!this.#greeted) return this.#options.client.close('the two ends speak different versions');
    for (const backend of this.#backends.values()) backend.open(); // events come before the first question
  }

  #routeRequest(frame: RequestFrame): void {
    if (this.#roleById.has(frame.id)) throw new AppError('bad-input', `request id ${frame.id} is in use`);
    const refusal = this.#refusalOf(frame);
    if (refusal !== undefined) return this.#options.client.send(errFrame(frame.id, refusal));
    if (!isMethodName(frame.m)) return;
    const { role } = METHODS[frame.m];
    this.#roleById.set(frame.id, role);
    this.#backends.get(role)?.send(frame);
  }

  #refusalOf(frame: RequestFrame): AppError | undefined {
    if (!isMethodName(frame.m)) return new AppError('bad-input', `unknown method "${frame.m}"`);
    if (this.#roleById.size < CALLS_PER_LINK) return undefined;
    return new AppError('too-large', `more than ${CALLS_PER_LINK} calls at once`);
  }

  #backendOf(id: number): Backend | undefined {
    const role = this.#roleById.get(id);
    return role === undefined ? undefined : this.#backends.get(role);
  }

  #fromProcess(frame: Frame, bin: Uint8Array | undefined): void {
    if (frame.t === 'ok' || frame.t === 'err') this.#roleById.delete(frame.id);
    this.#options.client.send(frame, bin);
  }

  #endCalls(role: Role, error: AppError): void {
    for (const [id, each] of [...this.#roleById]) {
      if (each !== role) continue;
      this.#roleById.delete(id);
      this.#options.client.send(errFrame(id, error));
    }
  }
}

interface BackendEvents {
  frame(frame: Frame, bin: Uint8Array | undefined): void;
  lost(error: AppError): void;
}

/** The window's link to one process, and whatever process comes after it. */
class Backend {
  readonly #connect: () => Promise<Link>;
  readonly #events: BackendEvents;
  #link: Link | undefined;
  #isConnecting = false;
  #isClosed = false;
  #waiting: Frame[] = [];

  constructor(connect: () => Promise<Link>, events: BackendEvents) {
    this.#connect = connect;
    this.#events = events;
  }

  open(): void {
    if (this.#link !== undefined || this.#isConnecting || this.#isClosed) return;
    this.#isConnecting = true;
    this.#connect().then(
      (link) => this.#opened(link),
      (error: unknown) => this.#failed(error),
    );
  }

  send(frame: Frame): void {
    if (this.#link !== undefined) return this.#link.send(frame);
    this.#waiting.push(frame);
    this.open();
  }

  close(): void {
    this.#isClosed = true;
    this.#link?.close('the window is gone');
  }

  #opened(link: Link): void {
    this.#isConnecting = false;
    if (this.#isClosed) return link.close();
    this.#link = link;
    link.onClose(() => this.#lost());
    link.send({ t: 'hello', proto: PROTOCOL_VERSION, app: 'shell', role: 'shell', epoch: 0 });
    link.onFrame((frame, bin) => this.#receive(link, frame, bin));
    for (const frame of this.#waiting.splice(0)) link.send(frame);
  }

  /** The role is given up: every call ends with the reason. */
  #failed(error: unknown): void {
    this.#isConnecting = false;
    this.#waiting = [];
    this.#events.lost(
      error instanceof AppError ? error : new AppError('internal', 'a process does not start'),
    );
  }

  #lost(): void {
    this.#link = undefined;
    if (this.#isClosed) return;
    this.#events.lost(new AppError('worker-restarted', 'the process that was answering was restarted'));
    this.open();
  }

  #receive(link: Link, frame: Frame, bin: Uint8Array | undefined): void {
    if (frame.t === 'ping') link.send({ t: 'pong' });
    else if (frame.t !== 'hello' && frame.t !== 'pong') this.#events.frame(frame, bin);
  }
}
