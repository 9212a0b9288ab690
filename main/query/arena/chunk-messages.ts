/** What a kernel thread asks of the thread that keeps the arena, and is told. */

export interface ChunkRequest {
  key: string;
  sizeBytes: number;
}

export type ChunkReply =
  /** It is there, and pinned for the one who asked. */
  | { state: 'ready'; chunk: number }
  /** A place for it, pinned; whoever asked reads it in and says `loaded` or `failed`. */
  | { state: 'load'; chunk: number }
  /** No room: read it into memory of one's own. */
  | { state: 'own' };

export type ToArena =
  ({ ask: 'chunk' } & ChunkRequest) | { ask: 'loaded'; chunk: number } | { ask: 'failed'; chunk: number };
