import type { LoadedColumn } from '../../format/read-columns.ts';
import { type ColumnCache, readOwn } from '../columns/column-cache.ts';
import { chunkOf } from '../columns/column-files.ts';
import type { ArenaClient } from './arena-client.ts';

interface OpenedChunk {
  byteOffset: number;
  columns: Map<string, LoadedColumn>;
}

/**
 * Columns of a kernel thread: in the memory that all threads share, where there is room. They are the thread's until
 * `endQuestion`; views over a chunk are made once and are good again whenever it comes to lie where it lay.
 */
export function createArenaColumns(
  dataDir: string,
  client: ArenaClient,
): ColumnCache & { endQuestion: () => void } {
  const opened = new Map<string, OpenedChunk>();
  const held = new Map<string, Map<string, LoadedColumn>>();
  return {
    column(segment, name) {
      const file = chunkOf(dataDir, segment, name);
      if (file === undefined) return undefined;
      const own = held.get(file.key);
      if (own !== undefined) return own.get(name);
      const place = client.take(file.key, file.sizeBytes, file.fill);
      if (place === null) {
        const { columns } = readOwn(file);
        held.set(file.key, columns);
        return columns.get(name);
      }
      let chunk = opened.get(file.key);
      if (chunk?.byteOffset !== place.byteOffset) {
        chunk = { byteOffset: place.byteOffset, columns: file.open(place) };
        opened.set(file.key, chunk);
      }
      held.set(file.key, chunk.columns);
      return chunk.columns.get(name);
    },
    endQuestion() {
      held.clear();
      client.releaseAll();
    },
  };
}
