import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { ChunkReply, ToArena } from './chunk-messages.ts';
import { PLACE_BYTES, type SharedArena } from './shared-memory.ts';

/** A kernel thread's line to the arena's keeper: it sleeps while it waits for an answer. */
export interface ArenaLine {
  port: MessagePort;
  /** One entry, raised by the keeper with every reply. */
  bell: Int32Array;
}

/** Memory of a chunk. Contract: valid until `releaseAll`. */
export interface ChunkPlace {
  buffer: ArrayBufferLike;
  byteOffset: number;
}

/** Chunks as a kernel thread sees them: taken without a message while they are there. */
export class ArenaClient {
  readonly #arena: SharedArena;
  readonly #line: ArenaLine;
  readonly #chunkByKey = new Map<string, number>();
  readonly #pinned = new Set<number>();

  constructor(arena: SharedArena, line: ArenaLine) {
    this.#arena = arena;
    this.#line = line;
  }

  /** The place of a chunk, filled; `fill` reads it in where it is not there yet. Null: there is no room for it. */
  take(key: string, sizeBytes: number, fill: (place: ChunkPlace) => void): ChunkPlace | null {
    const known = this.#chunkByKey.get(key);
    if (known !== undefined && (this.#pinned.has(known) || this.#pin(known))) return this.#placeOf(known);
    const reply = this.#ask({ ask: 'chunk', key, sizeBytes });
    if (reply.state === 'own') return null;
    const { chunk } = reply;
    this.#chunkByKey.set(key, chunk);
    if (reply.state === 'load') this.#load(chunk, fill);
    this.#pinned.add(chunk);
    this.#stamp(chunk);
    return this.#placeOf(chunk);
  }

  /** No question of this thread uses any chunk any more. */
  releaseAll(): void {
    for (const chunk of this.#pinned) Atomics.sub(this.#arena.pins, chunk, 1);
    this.#pinned.clear();
  }

  #pin(chunk: number): boolean {
    const { pins } = this.#arena;
    if (Atomics.add(pins, chunk, 1) < 0) {
      Atomics.sub(pins, chunk, 1); // it has been taken away
      return false;
    }
    this.#pinned.add(chunk);
    this.#stamp(chunk);
    return true;
  }

  #stamp(chunk: number): void {
    const { stamps, clock } = this.#arena;
    Atomics.store(stamps, chunk, Atomics.load(clock, 0));
  }

  #placeOf(chunk: number): ChunkPlace {
    const { memory, places } = this.#arena;
    return { buffer: memory.buffer, byteOffset: Atomics.load(places, chunk) * PLACE_BYTES };
  }

  #load(chunk: number, fill: (place: ChunkPlace) => void): void {
    try {
      fill(this.#placeOf(chunk));
    } catch (error) {
      this.#line.port.postMessage({ ask: 'failed', chunk } satisfies ToArena);
      throw error;
    }
    this.#line.port.postMessage({ ask: 'loaded', chunk } satisfies ToArena);
  }

  #ask(message: ToArena): ChunkReply {
    const { port, bell } = this.#line;
    const before = Atomics.load(bell, 0);
    port.postMessage(message);
    for (;;) {
      const received = receiveMessageOnPort(port);
      if (received !== undefined) return received.message as ChunkReply;
      Atomics.wait(bell, 0, before, MOST_WAIT_MS);
    }
  }
}

const MOST_WAIT_MS = 50; // the bell wakes at once; this is only against a lost wake-up
