import { closeSync, fstatSync, openSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';
import { ELEMENT_BYTES, memoryElementOf, viewOf } from '../../format/elements.ts';
import { type LoadedColumn, readColumn, readExactly } from '../../format/read-columns.ts';
import type { SegmentRow, StoredColumn } from '../../format/types.ts';

/** The file of a segment that a newer revision has replaced: a newer snapshot knows where its rows went. */
export class SegmentGone extends Error {}

/** Memory that a chunk is read into; begins at a multiple of 8. */
export interface ChunkMemory {
  buffer: ArrayBufferLike;
  byteOffset: number;
}

/** What is read and kept as one: a column of a segment, or the whole file of a small one. */
export interface ChunkFile {
  key: string;
  sizeBytes: number;
  /** Reads it into memory, and checks it. Throws SegmentGone where the file has been deleted. */
  fill: (memory: ChunkMemory) => void;
  /** Views over memory that has been filled. */
  open: (memory: ChunkMemory) => Map<string, LoadedColumn>;
}

// One read of a small file costs less than one per column; days of rare event types are all small.
const WHOLE_FILE_BYTES = 256 * 1024;

/** The chunk that holds a column; undefined where the segment has no such column. */
export function chunkOf(dataDir: string, segment: SegmentRow, name: string): ChunkFile | undefined {
  if (segment.sizeBytes <= WHOLE_FILE_BYTES) return wholeFile(dataDir, segment);
  const stored = segment.columns.find((column) => column.name === name);
  return stored === undefined ? undefined : oneColumn(dataDir, segment, stored);
}

/** The file as it is, and behind it the columns of numbers that are wider in memory than there. */
function wholeFile(dataDir: string, segment: SegmentRow): ChunkFile {
  const { places, sizeBytes } = placesBehind(segment);
  return {
    key: String(segment.segmentId),
    sizeBytes,
    fill({ buffer, byteOffset }) {
      withFile(dataDir, segment, (fd) => {
        const file = new Uint8Array(buffer, byteOffset, segment.sizeBytes);
        readExactly(fd, 0, file);
        if (crc32(file) !== segment.crc32) throw new AppError('corrupt', 'it does not match its checksum');
      });
      for (const [column, place] of places) {
        const wide = viewOf(memoryElementOf(column), buffer, byteOffset + place, rowsOf(column));
        wide.set(viewOf(column.element, buffer, byteOffset + column.offset, rowsOf(column)));
      }
    },
    open: (memory) =>
      new Map(segment.columns.map((column) => [column.name, viewColumn(memory, column, places.get(column))])),
  };
}

function placesBehind({ sizeBytes, columns }: SegmentRow) {
  const places = new Map<StoredColumn, number>();
  let end = roundUpTo8(sizeBytes);
  for (const column of columns) {
    if (memoryElementOf(column) === column.element) continue;
    places.set(column, end);
    end = roundUpTo8(end + memoryBytesOf(column));
  }
  return { places, sizeBytes: places.size === 0 ? sizeBytes : end };
}

/** Buffers of an Arrow file begin at multiples of 8, so typed views over the file's bytes are aligned. */
function viewColumn({ buffer, byteOffset }: ChunkMemory, column: StoredColumn, place?: number): LoadedColumn {
  const { offset, validityOffset, validityBytes } = column;
  const hasValidity = validityOffset !== undefined && validityBytes !== undefined;
  return {
    column,
    values: viewOf(memoryElementOf(column), buffer, byteOffset + (place ?? offset), rowsOf(column)),
    validity: hasValidity ? new Uint8Array(buffer, byteOffset + validityOffset, validityBytes) : null,
  };
}

function oneColumn(dataDir: string, segment: SegmentRow, stored: StoredColumn): ChunkFile {
  const { validityBytes = 0 } = stored;
  const validityAt = roundUpTo8(memoryBytesOf(stored));
  return {
    key: `${segment.segmentId}:${stored.name}`,
    sizeBytes: validityAt + validityBytes,
    fill({ buffer, byteOffset }) {
      let at = byteOffset;
      withFile(dataDir, segment, (fd) =>
        readColumn(fd, stored, (sizeBytes) => {
          const place = { buffer, byteOffset: at };
          at += roundUpTo8(sizeBytes);
          return place;
        }),
      );
    },
    open({ buffer, byteOffset }) {
      const values = viewOf(memoryElementOf(stored), buffer, byteOffset, rowsOf(stored));
      const validity =
        validityBytes === 0 ? null : new Uint8Array(buffer, byteOffset + validityAt, validityBytes);
      return new Map([[stored.name, { column: stored, values, validity }]]);
    },
  };
}

const rowsOf = ({ lengthBytes, element }: StoredColumn): number => lengthBytes / ELEMENT_BYTES[element];

const memoryBytesOf = (column: StoredColumn): number =>
  rowsOf(column) * ELEMENT_BYTES[memoryElementOf(column)];

const roundUpTo8 = (sizeBytes: number): number => Math.ceil(sizeBytes / 8) * 8;

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
