import { EventEmitter } from 'node:events';
import type { Own, StandsIn } from './stands-in.ts';

interface PortMessage {
  data: unknown;
  ports: PortDouble[];
}

/** One end of a channel of Electron's: queues until it is started, copies what it is given, takes nothing but ports as
 *  transferable, and is dead for whoever gave it away. */
export class PortDouble extends EventEmitter implements StandsIn<Own<Electron.MessagePortMain>> {
  #peer: PortDouble | undefined;
  #state: 'queueing' | 'started' | 'closed' | 'given away' = 'queueing';
  #queue: PortMessage[] = [];

  static pair(): [PortDouble, PortDouble] {
    const [left, right] = [new PortDouble(), new PortDouble()];
    left.#peer = right;
    right.#peer = left;
    return [left, right];
  }

  postMessage(data: unknown, transfer: unknown[] = []): void {
    this.#mustBeOurs();
    const ports = transfer.map((port) => PortDouble.handOver(port));
    if (this.#peer !== undefined) this.#peer.#deliver({ data: structuredClone(data), ports });
  }

  start(): void {
    this.#mustBeOurs();
    if (this.#state === 'closed') return;
    this.#state = 'started';
    for (const message of this.#queue.splice(0)) this.#emitLater('message', message);
  }

  close(): void {
    this.#mustBeOurs();
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    if (this.#peer !== undefined) this.#peer.#closeFromPeer();
  }

  /** What the receiver of a transferred port gets. */
  static handOver(port: unknown): PortDouble {
    if (!(port instanceof PortDouble)) throw new TypeError('only ports can be transferred here');
    port.#mustBeOurs();
    const next = new PortDouble();
    next.#peer = port.#peer;
    if (next.#peer !== undefined) next.#peer.#peer = next;
    next.#queue = port.#queue;
    if (port.#state === 'closed') next.#state = 'closed';
    port.#state = 'given away';
    return next;
  }

  isPeerOf(other: PortDouble | undefined): boolean {
    return other !== undefined && this.#peer === other;
  }

  #mustBeOurs(): void {
    if (this.#state === 'given away') throw new Error('this port was given away');
  }

  #deliver(message: PortMessage): void {
    if (this.#state === 'started') this.#emitLater('message', message);
    else if (this.#state === 'queueing') this.#queue.push(message);
  }

  #closeFromPeer(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#emitLater('close');
  }

  /** In order, and never before the caller has returned. */
  #emitLater(event: string, ...args: unknown[]): void {
    setImmediate(() => this.emit(event, ...args));
  }
}

export class MessageChannelDouble implements StandsIn<Electron.MessageChannelMain> {
  readonly port1: PortDouble;
  readonly port2: PortDouble;

  constructor() {
    [this.port1, this.port2] = PortDouble.pair();
  }
}
