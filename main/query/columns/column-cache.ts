import { closeSync, fstatSync, openSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';
import { viewOf, ELEMENT_BYTES } from '../../format/elements.ts';
import { type LoadedColumn, readColumn, readExactly } from '../../format/read-columns.ts';
import type { SegmentRow, StoredColumn } from '../../format/types.ts';

/** Contract: columns of segments by name, read by offset and kept under a byte budget, least recently used out first. */
export interface ColumnCache {
  /** Undefined where the segment has no such column. Throws SegmentGone where its file has been deleted. */
  column(segment: SegmentRow, name: string): LoadedColumn | undefined;
  readonly usedBytes: number;
}

/** The file of a segment that a newer revision has replaced: a newer snapshot knows where its rows went. */
export class SegmentGone extends Error {}

interface Chunk {
  columns: Map<string, LoadedColumn>;
  sizeBytes: number;
}

// One read of a small file costs less than one per column; days of rare event types are all small.
const WHOLE_FILE_BYTES = 256 * 1024;

export function createColumnCache(dataDir: string, budgetBytes: number): ColumnCache {
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
      if (segment.sizeBytes <= WHOLE_FILE_BYTES) {
        const key = String(segment.segmentId);
        const chunk = touch(key) ?? keep(key, readWhole(dataDir, segment));
        return chunk.columns.get(name);
      }
      const stored = segment.columns.find((column) => column.name === name);
      if (stored === undefined) return undefined;
      const key = `${segment.segmentId}:${name}`;
      const chunk = touch(key) ?? keep(key, readOne(dataDir, segment, stored));
      return chunk.columns.get(name);
    },
  };
}

function readWhole(dataDir: string, segment: SegmentRow): Chunk {
  return withFile(dataDir, segment, (fd) => {
    const file = new Uint8Array(segment.sizeBytes);
    readExactly(fd, 0, file);
    if (crc32(file) !== segment.crc32) throw new AppError('corrupt', 'it does not match its checksum');
    const columns = new Map(segment.columns.map((column) => [column.name, viewColumn(file, column)]));
    return { columns, sizeBytes: file.byteLength };
  });
}

/** Buffers of an Arrow file begin at multiples of 8, so typed views over the file's bytes are aligned. */
function viewColumn(file: Uint8Array, column: StoredColumn): LoadedColumn {
  const { element, offset, lengthBytes, validityOffset, validityBytes } = column;
  const hasValidity = validityOffset !== undefined && validityBytes !== undefined;
  return {
    column,
    values: viewOf(element, file.buffer, offset, lengthBytes / ELEMENT_BYTES[element]),
    validity: hasValidity ? file.subarray(validityOffset, validityOffset + validityBytes) : null,
  };
}

function readOne(dataDir: string, segment: SegmentRow, stored: StoredColumn): Chunk {
  return withFile(dataDir, segment, (fd) => ({
    columns: new Map([[stored.name, readColumn(fd, stored)]]),
    sizeBytes: stored.lengthBytes + (stored.validityBytes ?? 0),
  }));
}

function withFile<T>(dataDir: string, segment: SegmentRow, read: (fd: number) => T): T {
  const fd = openSegment(path.join(dataDir, segment.file), segment.file);
  try {
    const { size } = fstatSync(fd);
    if (size !== segment.sizeBytes) {
      throw new AppError(
        'corrupt',
        `${segment.file} has ${size} bytes, not ${segment.sizeBytes}; doctor says what to do`,
      );
    }
    return read(fd);
  } catch (error) {
    throw named(segment.file, error);
  } finally {
    closeSync(fd);
  }
}

/** Damage found while reading names the file; the rest is as it was. */
const named = (file: string, error: unknown): unknown =>
  error instanceof AppError && error.code === 'corrupt' && !error.message.startsWith(file)
    ? new AppError('corrupt', `${file} is damaged: ${error.message}; doctor says what to do`, {
        cause: error,
      })
    : error;

function openSegment(file: string, shownAs: string): number {
  try {
    return openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new SegmentGone(shownAs, { cause: error });
    throw new AppError('not-readable', `${shownAs} cannot be opened`, { cause: error });
  }
}
