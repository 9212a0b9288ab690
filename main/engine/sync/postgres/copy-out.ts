import type { Connection, Submittable } from 'pg';
import { tapCopyData } from './copy-frames.ts';
import type { RowFeed } from './row-feed.ts';

const PART_BYTES = 128 << 10;
/** The server waits once so much has not been taken yet. */
const MOST_WAITING_BYTES = 4 * PART_BYTES;

/**
 * What a COPY … TO STDOUT delivers, in the order of the server, with bounded memory. Given to a client as its query; the
 * library then calls the handlers. Taken by one who iterates.
 */
export class CopyOut implements RowFeed, Submittable {
  /** The first bytes are there, or it is known that none come; rejects with what the server has against it. */
  readonly begun: Promise<void>;
  readonly #text: string;
  readonly #begin: { resolve: () => void; reject: (error: Error) => void };
  #connection: Connection | null = null;
  #filling = new Uint8Array(PART_BYTES);
  #filled = 0;
  readonly #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #isDone = false;
  #hasBegun = false;
  #untap: () => void = () => undefined;
  #failure: Error | null = null;
  #wake: (() => void) | null = null;

  constructor(text: string) {
    this.#text = text;
    const { promise, ...begin } = Promise.withResolvers<undefined>();
    this.begun = promise;
    this.#begin = { resolve: () => begin.resolve(undefined), reject: begin.reject };
    promise.catch(() => undefined); // told to whoever waits for it
  }

  submit(connection: Connection): void {
    this.#connection = connection;
    this.#untap = tapCopyData(connection.stream, (bytes) => this.#add(bytes));
    connection.query(this.#text);
  }

  /** Where the connection could not be tapped. */
  handleCopyData({ chunk }: { chunk: Uint8Array }): void {
    this.#add(chunk);
  }

  handleCommandComplete(): void {
    this.#begin.resolve();
    this.#hand(PART_BYTES);
  }

  handleReadyForQuery(): void {
    this.#untap();
    this.#isDone = true;
    this.#awake();
  }

  handleError(error: Error): void {
    this.#untap();
    this.#begin.reject(error);
    this.#failure = error;
    this.#awake();
  }

  /** null: that was all. Throws what the server or the network said. */
  async next(): Promise<Uint8Array | null> {
    while (this.#waiting.length === 0 && !this.#isDone && this.#failure === null) await this.#change();
    const part = this.#waiting.shift();
    if (part !== undefined) {
      this.#waitingBytes -= part.length;
      if (this.#waitingBytes <= MOST_WAITING_BYTES) this.#connection?.stream.resume();
      return part;
    }
    if (this.#failure !== null) throw this.#failure;
    return null;
  }

  /** The bytes are only lent. */
  #add(bytes: Uint8Array): void {
    if (!this.#hasBegun) this.#begin.resolve();
    this.#hasBegun = true;
    if (this.#filled + bytes.length > this.#filling.length) this.#hand(Math.max(PART_BYTES, bytes.length));
    this.#filling.set(bytes, this.#filled);
    this.#filled += bytes.length;
    if (this.#waitingBytes > MOST_WAITING_BYTES) this.#connection?.stream.pause();
  }

  #hand(nextBytes: number): void {
    if (this.#filled > 0) {
      this.#waiting.push(this.#filling.subarray(0, this.#filled));
      this.#waitingBytes += this.#filled;
    }
    this.#filling = new Uint8Array(nextBytes);
    this.#filled = 0;
    this.#awake();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve));
  }

  #awake(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
