import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import path from 'node:path';
import { PortDouble } from './ports.ts';
import type { Own, StandsIn } from './stands-in.ts';

/** Between the double and a Node process that plays a utility process: its messages, and those of ports it was given. */
export type Relayed =
  | { kind: 'message'; data: unknown; ports: number[] }
  | { kind: 'port'; port: number; data: unknown }
  | { kind: 'port-closed'; port: number };

const BOOTSTRAP = path.join(import.meta.dirname, 'utility-bootstrap.ts');

/** A utility process that runs nothing: remembers what it is told, says what the test says, and ends when asked to. */
export class SilentUtilityProcess extends EventEmitter implements StandsIn<Own<Electron.UtilityProcess>> {
  readonly pid: number | undefined = undefined;
  readonly stdout = null;
  readonly stderr = null;
  readonly told: { message: unknown; ports: PortDouble[] }[] = [];

  postMessage(message: unknown, transfer: unknown[] = []): void {
    this.told.push({
      message: structuredClone(message),
      ports: transfer.map((port) => PortDouble.handOver(port)),
    });
    if (isStop(message)) setImmediate(() => this.emit('exit', 0));
  }

  kill(): boolean {
    this.emit('exit', 15);
    return true;
  }
}

const isStop = (message: unknown): boolean =>
  typeof message === 'object' && message !== null && 'c' in message && message.c === 'stop';

/** Runs the entry in a Node process that sees `process.parentPort` and ports as Electron's utility processes do. */
export class NodeUtilityProcess extends EventEmitter implements StandsIn<Own<Electron.UtilityProcess>> {
  readonly #child: ChildProcess;
  readonly #portById = new Map<number, PortDouble>();
  #lastPortId = 0;

  constructor(entry: string) {
    super();
    this.#child = fork(BOOTSTRAP, [entry], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#child.on('message', (message) => this.#relay(message as Relayed));
    this.#child.on('exit', (code) => {
      for (const port of this.#portById.values()) port.close();
      this.emit('exit', code ?? 1);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }
  get stdout(): NodeJS.ReadableStream | null {
    return this.#child.stdout;
  }
  get stderr(): NodeJS.ReadableStream | null {
    return this.#child.stderr;
  }

  postMessage(data: unknown, transfer: unknown[] = []): void {
    const ports = transfer.map((port) => this.#adopt(PortDouble.handOver(port)));
    this.#send({ kind: 'message', data, ports });
  }

  kill(): boolean {
    return this.#child.kill();
  }

  #adopt(port: PortDouble): number {
    const id = ++this.#lastPortId;
    this.#portById.set(id, port);
    port.on('message', ({ data }: { data: unknown }) => this.#send({ kind: 'port', port: id, data }));
    port.on('close', () => this.#send({ kind: 'port-closed', port: id }));
    port.start();
    return id;
  }

  #relay(message: Relayed): void {
    if (message.kind === 'message') return void this.emit('message', message.data);
    const port = this.#portById.get(message.port);
    if (message.kind === 'port') port?.postMessage(message.data);
    else port?.close();
  }

  #send(message: Relayed): void {
    if (this.#child.connected) this.#child.send(message, () => undefined); // its exit tells
  }
}
