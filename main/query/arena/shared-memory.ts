/**
 * Memory that the threads of the query process share: one WebAssembly memory for column chunks, and a table that says of
 * each chunk where it lies and how many threads use it. A chunk keeps its number for ever, because segments never change.
 */
export interface SharedArena {
  memory: WebAssembly.Memory;
  /** By chunk: threads that use it; at least LOCKED below 0 while it is not there. */
  pins: Int32Array;
  /** By chunk: where it begins, in units of 8 bytes. */
  places: Int32Array;
  /** By chunk: the clock when it was last taken. */
  stamps: Int32Array;
  /** One entry: counts up with every question. */
  clock: Int32Array;
}

export const LOCKED = 1 << 30;
export const PLACE_BYTES = 8;
export const MOST_CHUNKS = 1 << 20; // 12 MB of tables; beyond it chunks are read into a thread's own memory
const PAGE_BYTES = 65_536;

export function createSharedArena(budgetBytes: number): SharedArena {
  const ints = (length: number): Int32Array => new Int32Array(new SharedArrayBuffer(length * 4));
  return {
    memory: new WebAssembly.Memory({
      initial: 1,
      maximum: Math.max(1, Math.floor(budgetBytes / PAGE_BYTES)),
      shared: true,
    }),
    pins: ints(MOST_CHUNKS).fill(-LOCKED),
    places: ints(MOST_CHUNKS),
    stamps: ints(MOST_CHUNKS),
    clock: ints(1),
  };
}

/** Grows the memory to at least so many bytes; false where its maximum does not allow it. */
export function growTo({ memory }: SharedArena, sizeBytes: number): boolean {
  const missing = sizeBytes - memory.buffer.byteLength;
  if (missing <= 0) return true;
  try {
    memory.grow(Math.ceil(missing / PAGE_BYTES));
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
