import type { OpenedObject } from './source-reader.ts';

/** Bodies that wait for their turn together take no more than this*. */
const WAITING_BYTES = 64 << 20;

export interface Openable {
  sizeBytes: number;
}

export interface Waiting<T> {
  object: T;
  /** Rejects with what went wrong; asked for exactly once. */
  opened: () => Promise<OpenedObject>;
}

export interface OpenAhead<T> {
  /** How many at once; 0: each when its turn comes. */
  most: number;
  /** Larger ones, and those right behind one, are opened when their turn comes: their bytes stream. */
  wholeBytes: number;
  open: (object: T, signal: AbortSignal) => Promise<OpenedObject>;
  signal: AbortSignal;
}

/**
 * Hands on objects in their order while those behind them are being opened. Whoever stops early ends what is under way.
 */
export async function* openedAhead<T extends Openable>(
  objects: AsyncIterable<T>,
  { most, wholeBytes, open, signal }: OpenAhead<T>,
): AsyncGenerator<Waiting<T>> {
  if (most === 0) {
    for await (const object of objects) yield { object, opened: () => open(object, signal) };
    return;
  }
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const queue = new WaitingQueue<T>(most);
  const filling = fill();
  filling.catch(() => undefined); // told below, once everything before it is handed on
  try {
    for (let next = await queue.take(); next !== null; next = await queue.take()) yield next;
    await filling;
  } finally {
    stop.abort();
    queue.close();
    await Promise.allSettled([filling]); // it was told to stop
  }

  async function fill(): Promise<void> {
    let beforeBytes = 0; // what was opened behind a large one would wait too long
    try {
      for await (const object of objects) {
        either.throwIfAborted();
        const isSmall = Math.max(object.sizeBytes, beforeBytes) <= wholeBytes;
        beforeBytes = object.sizeBytes;
        await queue.room(isSmall ? object.sizeBytes : 0);
        either.throwIfAborted();
        const opening = isSmall ? open(object, either) : null;
        opening?.catch(() => undefined); // told to whoever takes it
        queue.put({ object, opened: () => opening ?? open(object, either) }, isSmall ? object.sizeBytes : 0);
      }
    } finally {
      queue.end();
    }
  }
}

/** A bounded queue between one who puts and one who takes. */
class WaitingQueue<T> {
  readonly #most: number;
  readonly #waiting: { item: Waiting<T>; sizeBytes: number }[] = [];
  #sizeBytes = 0;
  #ended = false;
  #closed = false;
  #wake: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** Kept when there is room for so many bytes more; one object always has room. */
  async room(sizeBytes: number): Promise<void> {
    while (!this.#closed && !this.#hasRoom(sizeBytes)) await this.#change();
  }

  put(item: Waiting<T>, sizeBytes: number): void {
    this.#waiting.push({ item, sizeBytes });
    this.#sizeBytes += sizeBytes;
    this.#changed();
  }

  /** null: nothing comes any more. */
  async take(): Promise<Waiting<T> | null> {
    while (this.#waiting.length === 0 && !this.#ended) await this.#change();
    const next = this.#waiting.shift();
    this.#sizeBytes -= next?.sizeBytes ?? 0;
    this.#changed();
    return next?.item ?? null;
  }

  end(): void {
    this.#ended = true;
    this.#changed();
  }

  close(): void {
    this.#closed = true;
    this.#changed();
  }

  #hasRoom(sizeBytes: number): boolean {
    if (this.#waiting.length === 0) return true;
    return this.#waiting.length < this.#most && this.#sizeBytes + sizeBytes <= WAITING_BYTES;
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const resolve of wake) resolve();
  }
}
