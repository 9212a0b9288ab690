import { Allocator } from './allocator.ts';
import type { ChunkReply, ChunkRequest, ToArena } from './chunk-messages.ts';
import { growTo, LOCKED, MOST_CHUNKS, PLACE_BYTES, type SharedArena } from './shared-memory.ts';

interface Chunk {
  sizeBytes: number;
  state: 'absent' | 'loading' | 'ready';
  /** Who waits until another thread has read it in. */
  waiting: ((reply: ChunkReply) => void)[];
}

/**
 * Gives chunks places in the shared memory, and takes the least recently used ones away where there is no room. Runs on
 * the thread that answers; kernels never wait for more than a message and, where two want the same chunk, one read.
 */
export class ArenaKeeper {
  readonly #arena: SharedArena;
  readonly #allocator: Allocator;
  readonly #chunks: Chunk[] = [];
  readonly #chunkByKey = new Map<string, number>();

  constructor(arena: SharedArena, budgetBytes: number) {
    this.#arena = arena;
    this.#allocator = new Allocator(budgetBytes, (sizeBytes) => growTo(arena, sizeBytes));
  }

  handle(message: ToArena, reply: (reply: ChunkReply) => void): void {
    switch (message.ask) {
      case 'chunk':
        this.#give(message, reply);
        return;
      case 'loaded':
        this.#settle(message.chunk, true);
        return;
      case 'failed':
        this.#settle(message.chunk, false);
    }
  }

  #give({ key, sizeBytes }: ChunkRequest, reply: (reply: ChunkReply) => void): void {
    const number = this.#numberOf(key, sizeBytes);
    const chunk = this.#chunks[number];
    if (chunk === undefined) {
      reply({ state: 'own' });
      return;
    }
    switch (chunk.state) {
      case 'ready':
        Atomics.add(this.#arena.pins, number, 1);
        reply({ state: 'ready', chunk: number });
        return;
      case 'loading':
        chunk.waiting.push(reply);
        return;
      case 'absent':
        reply(this.#place(chunk, number) ? { state: 'load', chunk: number } : { state: 'own' });
    }
  }

  #numberOf(key: string, sizeBytes: number): number {
    const known = this.#chunkByKey.get(key);
    if (known !== undefined) return known;
    const number = this.#chunks.length;
    if (number === MOST_CHUNKS) return number;
    this.#chunks.push({ sizeBytes, state: 'absent', waiting: [] });
    this.#chunkByKey.set(key, number);
    return number;
  }

  #place(chunk: Chunk, number: number): boolean {
    const { places, stamps, clock } = this.#arena;
    let offset = this.#allocator.take(chunk.sizeBytes);
    if (offset < 0) offset = this.#takeFromOthers(chunk.sizeBytes);
    if (offset < 0) return false;
    chunk.state = 'loading';
    places[number] = offset / PLACE_BYTES;
    stamps[number] = clock[0] as number;
    return true;
  }

  /** Evicts what has not been used for longest until the place is free; −1: everything is in use. */
  #takeFromOthers(sizeBytes: number): number {
    const { stamps } = this.#arena;
    const oldestFirst = [...this.#chunks.keys()]
      .filter((number) => this.#chunks[number]?.state === 'ready')
      .sort((a, b) => (stamps[a] as number) - (stamps[b] as number));
    for (const number of oldestFirst) {
      if (!this.#evict(number)) continue;
      const offset = this.#allocator.take(sizeBytes);
      if (offset >= 0) return offset;
    }
    return -1;
  }

  #evict(number: number): boolean {
    const { pins, places } = this.#arena;
    const chunk = this.#chunks[number];
    if (chunk === undefined || Atomics.compareExchange(pins, number, 0, -LOCKED) !== 0) return false;
    chunk.state = 'absent';
    this.#allocator.give((places[number] as number) * PLACE_BYTES, chunk.sizeBytes);
    return true;
  }

  /** A chunk has been read in, or could not be: then the next one who waits tries. */
  #settle(number: number, isLoaded: boolean): void {
    const { pins, places } = this.#arena;
    const chunk = this.#chunks[number];
    if (chunk === undefined) return;
    if (isLoaded) {
      chunk.state = 'ready';
      const waiting = chunk.waiting.splice(0);
      Atomics.add(pins, number, LOCKED + 1 + waiting.length); // whoever read it, and those who waited
      for (const reply of waiting) reply({ state: 'ready', chunk: number });
      return;
    }
    const next = chunk.waiting.shift();
    if (next !== undefined) {
      next({ state: 'load', chunk: number });
      return;
    }
    chunk.state = 'absent';
    this.#allocator.give((places[number] as number) * PLACE_BYTES, chunk.sizeBytes);
  }
}
