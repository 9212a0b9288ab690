import type { LoadedColumn } from '../../format/read-columns.ts';
import type { SegmentRow } from '../../format/types.ts';
import { type ChunkFile, chunkOf } from './column-files.ts';

/** Contract: columns of segments by name, read by offset and kept under a byte budget, least recently used out first. */
export interface ColumnCache {
  /** Undefined where the segment has no such column. Throws SegmentGone where its file has been deleted. */
  column(segment: SegmentRow, name: string): LoadedColumn | undefined;
}

interface Chunk {
  columns: Map<string, LoadedColumn>;
  sizeBytes: number;
}

/** Columns in memory of this thread's own. */
export function createColumnCache(
  dataDir: string,
  budgetBytes: number,
): ColumnCache & { readonly usedBytes: number } {
  const chunks = new Map<string, Chunk>(); // in order of use, oldest first
  let usedBytes = 0;

  const touch = (key: string): Chunk | undefined => {
    const chunk = chunks.get(key);
    if (chunk === undefined) return undefined;
    chunks.delete(key);
    chunks.set(key, chunk);
    return chunk;
  };
  const keep = (key: string, chunk: Chunk): Chunk => {
    chunks.set(key, chunk);
    usedBytes += chunk.sizeBytes;
    for (const [oldest, { sizeBytes }] of chunks) {
      if (usedBytes <= budgetBytes || oldest === key) break;
      chunks.delete(oldest);
      usedBytes -= sizeBytes;
    }
    return chunk;
  };

  return {
    get usedBytes() {
      return usedBytes;
    },
    column(segment, name) {
      const file = chunkOf(dataDir, segment, name);
      if (file === undefined) return undefined;
      const chunk = touch(file.key) ?? keep(file.key, readOwn(file));
      return chunk.columns.get(name);
    },
  };
}

/** Reads a chunk into memory of its own. */
export function readOwn({ sizeBytes, fill, open }: ChunkFile): Chunk {
  const memory = { buffer: new ArrayBuffer(sizeBytes), byteOffset: 0 };
  fill(memory);
  return { columns: open(memory), sizeBytes };
}
