// Plays Electron's utility process: gives the entry named on the command line a `process.parentPort`, then runs it.
import { pathToFileURL } from 'node:url';
import { EventEmitter } from 'node:events';
import { PortDouble } from './ports.ts';
import type { Relayed } from './utility-process.ts';

const [, , entry = ''] = process.argv;
const send = (message: Relayed): void => {
  if (process.connected) process.send?.(message, undefined, {}, () => undefined);
};
process.on('disconnect', () => process.exit(0)); // Chromium ends its utility processes with the main process

/** Queues until somebody listens, as the real one does. */
class ParentPort extends EventEmitter {
  readonly #waiting: unknown[] = [];

  override on(event: string, listener: (...args: unknown[]) => void): this {
    super.on(event, listener);
    if (event === 'message') for (const message of this.#waiting.splice(0)) this.emit('message', message);
    return this;
  }

  deliver(message: unknown): void {
    if (this.listenerCount('message') === 0) this.#waiting.push(message);
    else this.emit('message', message);
  }

  postMessage(data: unknown): void {
    send({ kind: 'message', data, ports: [] });
  }
}

const parentPort = new ParentPort();
const outerById = new Map<number, PortDouble>();

process.on('message', (message) => {
  const relayed = message as Relayed;
  if (relayed.kind === 'message')
    parentPort.deliver({ data: relayed.data, ports: relayed.ports.map(openPort) });
  else if (relayed.kind === 'port') outerById.get(relayed.port)?.postMessage(relayed.data);
  else outerById.get(relayed.port)?.close();
});

/** The entry gets one end of a channel; the other end speaks to the double. */
function openPort(port: number): PortDouble {
  const [inner, outer] = PortDouble.pair();
  outerById.set(port, outer);
  outer.on('message', ({ data }: { data: unknown }) => send({ kind: 'port', port, data }));
  outer.on('close', () => send({ kind: 'port-closed', port }));
  outer.start();
  return inner;
}

Object.defineProperty(process, 'parentPort', { value: parentPort });
await import(pathToFileURL(entry).href);
