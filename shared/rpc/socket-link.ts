import { INLINE_PAYLOAD_MAX_BYTES } from '../limits.ts';
import type { Frame, Link } from './frames.ts';

/** What a browser's WebSocket and the one of `ws` have in common. */
export interface SocketLike {
  binaryType: string;
  readonly readyState: number;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { reason: string }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
}

/** The second lane of the server host: payloads over 256 KiB leave the socket and are fetched over HTTP. */
export interface BlobLane {
  /** Keeps a payload for one fetch and names it. The end that only asks has none. */
  offer?: (bin: Uint8Array) => string;
  fetch?: (id: string) => Promise<Uint8Array>;
}

/**
 * The lane of the server host: a frame is one JSON text message; the bytes of a `part` follow as one binary message, or
 * wait under the `blob` that the frame names. While a blob is on its way only frames of the same call wait for it.
 */
export function createSocketLink(socket: SocketLike, blobs: BlobLane): Link {
  return new SocketLink(socket, blobs);
}

const OPEN = 1; // WebSocket.OPEN
const CLOSE_NORMAL = 1000;
const MAX_REASON_LENGTH = 40; // 123 bytes are allowed; a character takes up to three

class SocketLink implements Link {
  readonly #socket: SocketLike;
  readonly #blobs: BlobLane;
  /** The part whose bytes are the next message. */
  #partAwaitingBytes: Frame | undefined;
  readonly #tailByCall = new Map<number, Promise<void>>();
  #frameCallback: ((frame: Frame, bin?: Uint8Array) => void) | undefined;
  #early: [Frame, Uint8Array | undefined][] = [];
  #closeCallbacks: ((reason: string) => void)[] = [];
  #endReason: string | undefined;

  constructor(socket: SocketLike, blobs: BlobLane) {
    this.#socket = socket;
    this.#blobs = blobs;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => this.#receive(data));
    socket.addEventListener('close', ({ reason }) =>
      this.#end(reason === '' ? 'the connection was lost' : reason),
    );
    socket.addEventListener('error', () => undefined); // `close` follows and tells
  }

  send(frame: Frame, bin?: Uint8Array): void {
    if (this.#endReason !== undefined || this.#socket.readyState !== OPEN) return;
    const { offer } = this.#blobs;
    if (bin === undefined || frame.t !== 'part') {
      this.#socket.send(JSON.stringify(frame));
    } else if (bin.byteLength > INLINE_PAYLOAD_MAX_BYTES && offer !== undefined) {
      this.#socket.send(JSON.stringify({ ...frame, blob: offer(bin) }));
    } else {
      this.#socket.send(JSON.stringify(frame));
      this.#socket.send(bin as Uint8Array<ArrayBuffer>); // shared memory never reaches a lane: parts are cut copies
    }
  }

  onFrame(callback: (frame: Frame, bin?: Uint8Array) => void): void {
    this.#frameCallback = callback;
    for (const [frame, bin] of this.#early.splice(0)) callback(frame, bin);
  }

  onClose(callback: (reason: string) => void): void {
    const reason = this.#endReason;
    if (reason === undefined) this.#closeCallbacks.push(callback);
    else void Promise.resolve().then(() => callback(reason));
  }

  close(reason = 'closed'): void {
    if (this.#endReason === undefined) this.#socket.close(CLOSE_NORMAL, reason.slice(0, MAX_REASON_LENGTH));
    this.#end(reason);
  }

  #receive(data: unknown): void {
    if (this.#endReason !== undefined) return;
    if (typeof data === 'string') this.#receiveText(data);
    else if (data instanceof ArrayBuffer && this.#partAwaitingBytes !== undefined) {
      const frame = this.#partAwaitingBytes;
      this.#partAwaitingBytes = undefined;
      this.#inOrder(frame, () => this.#deliver(frame, new Uint8Array(data)));
    } else this.close('bytes that belong to no part');
  }

  #receiveText(text: string): void {
    const value = parseJson(text);
    if (value === undefined || this.#partAwaitingBytes !== undefined) return this.close('malformed message');
    const frame = value as Frame; // parsed against the schema by whoever receives it
    if (!isPart(frame)) return this.#inOrder(frame, () => this.#deliver(frame, undefined));
    const { blob, ...rest } = frame;
    if (blob === undefined) this.#partAwaitingBytes = frame;
    else this.#fetchInOrder(rest, blob);
  }

  #fetchInOrder(frame: Frame & { t: 'part' }, blob: unknown): void {
    const { fetch } = this.#blobs;
    if (fetch === undefined || typeof blob !== 'string') return this.close('a blob where none can be');
    const bytes = fetch(blob);
    const arrival = (this.#tailByCall.get(frame.id) ?? Promise.resolve()).then(async () => {
      this.#deliver(frame, await bytes);
    });
    bytes.catch(() => undefined); // reported by the line above, when its turn comes
    this.#waitFor(frame.id, arrival);
  }

  /** Behind a blob of the same call, else at once. */
  #inOrder(frame: Frame, deliver: () => void): void {
    const tail = isObject(frame) && 'id' in frame ? this.#tailByCall.get(frame.id) : undefined;
    if (tail === undefined || !('id' in frame)) deliver();
    else this.#waitFor(frame.id, tail.then(deliver));
  }

  #waitFor(id: number, arrival: Promise<void>): void {
    const tail = arrival.catch(() => this.close('a payload could not be fetched'));
    this.#tailByCall.set(id, tail);
    void tail.then(() => {
      if (this.#tailByCall.get(id) === tail) this.#tailByCall.delete(id);
    });
  }

  #deliver(frame: Frame, bin: Uint8Array | undefined): void {
    if (this.#endReason !== undefined) return;
    if (this.#frameCallback === undefined) this.#early.push([frame, bin]);
    else this.#frameCallback(frame, bin);
  }

  #end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    for (const callback of this.#closeCallbacks.splice(0)) callback(reason);
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const isPart = (value: unknown): value is Frame & { t: 'part' } =>
  isObject(value) && 't' in value && value.t === 'part';

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
