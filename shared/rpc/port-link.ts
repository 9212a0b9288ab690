import type { Frame, Link } from './frames.ts';

/** A message port of a browser window or of Node: the message is the event's `data`. */
export interface EventTargetPort {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

/** A message port of Electron's main and utility processes. */
export interface EmitterPort {
  postMessage(message: unknown): void;
  on(type: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(type: 'close', listener: () => void): unknown;
  start(): void;
  close(): void;
}

/**
 * The lane of the Electron host: every message is `{ frame, bin }` and always a copy. An ArrayBuffer is never listed as
 * transferable: towards or from main and utility processes only ports are accepted there, and the data would be lost.
 */
export function createPortLink(port: EventTargetPort | EmitterPort): Link {
  const closeCallbacks: ((reason: string) => void)[] = [];
  let isOpen = true;
  const end = (reason: string): void => {
    if (!isOpen) return;
    isOpen = false;
    port.close();
    for (const callback of closeCallbacks.splice(0)) callback(reason);
  };
  listen(port, 'close', () => end('the other end is gone'));
  return {
    send(frame, bin) {
      if (isOpen) port.postMessage(bin === undefined ? { frame } : { frame, bin: ownBytes(bin) });
    },
    onFrame(callback) {
      listen(port, 'message', ({ data }) => {
        if (!isOpen) return;
        const { frame, bin, closed } = partsOf(data);
        if (typeof closed === 'string') end(closed);
        else callback(frame as Frame, bin instanceof Uint8Array ? bin : undefined); // parsed by whoever receives it
      });
      port.start();
    },
    onClose(callback) {
      closeCallbacks.push(callback);
    },
    close(reason = 'closed') {
      if (isOpen) port.postMessage({ closed: reason });
      end(reason);
    },
  };
}

function listen(
  port: EventTargetPort | EmitterPort,
  type: 'message',
  listener: (event: { data: unknown }) => void,
): void;
function listen(port: EventTargetPort | EmitterPort, type: 'close', listener: () => void): void;
function listen(
  port: EventTargetPort | EmitterPort,
  type: 'message' | 'close',
  listener: (event: never) => void,
): void {
  const attach: (type: never, listener: never) => unknown =
    'addEventListener' in port ? port.addEventListener.bind(port) : port.on.bind(port);
  attach(type as never, listener as never); // both overloads pair the type with the listener given here
}

function partsOf(data: unknown): { frame?: unknown; bin?: unknown; closed?: unknown } {
  return typeof data === 'object' && data !== null ? data : {};
}

/** A view is cut to its own buffer, else the whole pool behind it is copied; a Node Buffer becomes plain bytes. */
const ownBytes = (bin: Uint8Array): Uint8Array =>
  bin.byteLength === bin.buffer.byteLength && bin.constructor === Uint8Array ? bin : new Uint8Array(bin);
