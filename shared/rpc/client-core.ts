import { AppError } from '../errors.ts';
import { ClientCall } from './client-call.ts';
import { ClientLane, type Lane, type LaneState } from './client-lane.ts';
import type { Role } from './frames.ts';
import {
  METHODS,
  type MethodName,
  type ParamsOf,
  type PartMetaOf,
  type ProgressOf,
  type ResultOf,
  type StreamName,
  type TopicName,
  type TopicPayload,
  TOPICS,
} from './methods.ts';
import type { CancelSignal, Runtime } from './runtime.ts';

export interface CallOptions<M extends MethodName> {
  signal?: CancelSignal;
  deadlineMs?: number;
  onProgress?: (value: ProgressOf<M>) => void;
}

export interface PartOf<M extends StreamName> {
  meta: PartMetaOf<M>;
  bin: Uint8Array;
  last: boolean;
}

export interface StreamOptions<M extends StreamName> extends CallOptions<M> {
  /** Parts that may be under way at once, 1–8. */
  credit?: number;
  /** Resolves once the part is consumed: only then may the sender send another one. */
  onPart: (part: PartOf<M>) => void | Promise<void>;
  /** The call starts over after a lost process or link: what came so far is void. */
  onRestart?: () => void;
}

export interface Subscriber<T extends TopicName> {
  onEvent: (payload: TopicPayload<T>) => void;
  /** Events may have been missed: ask again for what they tell. */
  onGap?: () => void;
}

export interface RpcClient {
  readonly state: LaneState;
  call<M extends Exclude<MethodName, StreamName>>(
    name: M,
    params: ParamsOf<M>,
    options?: CallOptions<M>,
  ): Promise<ResultOf<M>>;
  stream<M extends StreamName>(name: M, params: ParamsOf<M>, options: StreamOptions<M>): Promise<ResultOf<M>>;
  /** The returned function ends the subscription. */
  subscribe<T extends TopicName>(topic: T, subscriber: Subscriber<T>): () => void;
  onState(callback: (state: LaneState) => void): () => void;
  close(): void;
}

export interface RpcClientOptions {
  lanes: readonly Lane[];
  /** Name and version of this build. */
  app: string;
  runtime: Runtime;
  /** A cancelled call of that process does not stop. Default: the shell is asked to replace the process. */
  onStuck?: (role: Role) => void;
}

/**
 * The asking end of the contract. Calls wait while a link is away; what was under way is sent again — reads once,
 * mutations with the same op — and rejects with an AppError otherwise.
 */
export function createRpcClient(options: RpcClientOptions): RpcClient {
  return new Client(options);
}

class Client implements RpcClient {
  readonly #runtime: Runtime;
  readonly #laneByRole = new Map<Role, ClientLane>();
  readonly #lanes: ClientLane[];
  readonly #subscribers = new Map<TopicName, Set<Subscriber<TopicName>>>();
  readonly #stateCallbacks = new Set<(state: LaneState) => void>();
  readonly #onStuck: (role: Role) => void;

  constructor({ lanes, app, runtime, onStuck }: RpcClientOptions) {
    this.#runtime = runtime;
    this.#onStuck = onStuck ?? (() => this.#interruptQuery());
    this.#lanes = lanes.map((lane) => {
      const clientLane = new ClientLane(lane, { app, runtime, events: this.#laneEvents() });
      for (const role of lane.roles) this.#laneByRole.set(role, clientLane);
      return clientLane;
    });
    for (const lane of this.#lanes) lane.connect();
  }

  /** The state of the lane that is furthest from open. */
  get state(): LaneState {
    const states = this.#lanes.map(({ state }) => state);
    return STATES_FROM_WORST.find((state) => states.includes(state)) ?? 'closed';
  }

  call<M extends Exclude<MethodName, StreamName>>(
    name: M,
    params: ParamsOf<M>,
    options: CallOptions<M> = {},
  ): Promise<ResultOf<M>> {
    return this.#start(name, params, options);
  }

  stream<M extends StreamName>(
    name: M,
    params: ParamsOf<M>,
    options: StreamOptions<M>,
  ): Promise<ResultOf<M>> {
    return this.#start(name, params, options);
  }

  subscribe<T extends TopicName>(topic: T, subscriber: Subscriber<T>): () => void {
    const known = this.#subscribers.get(topic) ?? new Set();
    this.#subscribers.set(topic, known);
    const entry = subscriber as unknown as Subscriber<TopicName>; // payloads are parsed by topic before they arrive
    known.add(entry);
    return () => known.delete(entry);
  }

  onState(callback: (state: LaneState) => void): () => void {
    this.#stateCallbacks.add(callback);
    return () => this.#stateCallbacks.delete(callback);
  }

  close(): void {
    for (const lane of this.#lanes) lane.close();
  }

  #start<M extends MethodName>(name: M, params: ParamsOf<M>, options: object): Promise<ResultOf<M>> {
    const { role, kind } = METHODS[name];
    const op = kind === 'mutation' ? this.#runtime.randomUuid() : undefined;
    const call = new ClientCall(name, params, op, options);
    const lane = this.#laneByRole.get(role);
    if (lane === undefined)
      call.reject(new AppError('not-available', `${name}: this host has no way to ${role}`));
    else lane.start(call);
    return call.promise as Promise<ResultOf<M>>; // parsed with the method's own schema
  }

  #laneEvents() {
    return {
      state: () => {
        for (const callback of this.#stateCallbacks) callback(this.state);
      },
      event: (topic: TopicName, payload: unknown) =>
        this.#takeEvent(topic, payload as TopicPayload<TopicName>),
      gap: (topic: TopicName | null) => this.#tellGap(topic),
      stuck: (role: Role) => this.#onStuck(role),
    };
  }

  #takeEvent(topic: TopicName, payload: TopicPayload<TopicName>): void {
    for (const subscriber of this.#subscribers.get(topic) ?? []) subscriber.onEvent(payload);
    // a new process counts its events anew, and what the old one told may be out of date
    if (topic === 'process.state' && 'role' in payload && payload.state === 'up') this.#tellGap(null);
  }

  #tellGap(topic: TopicName | null): void {
    for (const each of topic === null ? ALL_TOPICS : [topic]) {
      for (const subscriber of this.#subscribers.get(each) ?? []) subscriber.onGap?.();
    }
  }

  #interruptQuery(): void {
    if (!this.#laneByRole.has('shell')) return;
    // when the shell is out of reach too, the link is lost anyway and every call ends with it
    this.call('command.query.interrupt', {}).catch(() => undefined);
  }
}

const ALL_TOPICS = Object.keys(TOPICS) as TopicName[];

const STATES_FROM_WORST: readonly LaneState[] = [
  'closed',
  'reload-needed',
  'login-needed',
  'reconnecting',
  'connecting',
  'open',
];
