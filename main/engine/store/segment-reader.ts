import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { ReadBytes } from '../../format/describe-segment.ts';
import { readExactly } from '../../format/read-columns.ts';

const WHOLE_FILE_BYTES = 1 << 20; // up to here one read of all costs less than many of parts

/**
 * Reads parts of a stored file, small ones from memory; the file is open only while it is read, so any number of
 * readers may live side by side. What cannot be read is corrupt, and named.
 */
export function createSegmentReader(dataDir: string, file: string, sizeBytes: number): ReadBytes {
  let whole: Uint8Array | null = null;
  return (offset, length) => {
    if (sizeBytes > WHOLE_FILE_BYTES || offset + length > sizeBytes)
      return readPart(dataDir, file, offset, length);
    whole ??= readPart(dataDir, file, 0, sizeBytes);
    return whole.subarray(offset, offset + length);
  };
}

function readPart(dataDir: string, file: string, offset: number, length: number): Uint8Array {
  return withSegment(dataDir, file, (fd) => {
    const bytes = new Uint8Array(length);
    readExactly(fd, offset, bytes);
    return bytes;
  });
}

/** Opens a segment file for `work`; what cannot be read is named. */
export function withSegment<T>(dataDir: string, file: string, work: (fd: number) => T): T {
  let fd: number;
  try {
    fd = openSync(path.join(dataDir, file), 'r');
  } catch (error) {
    throw new AppError('corrupt', `the stored segment ${file} cannot be opened`, { cause: error });
  }
  try {
    return work(fd);
  } catch (error) {
    throw naming(file, error);
  } finally {
    closeSync(fd);
  }
}

/** Damage found in a segment, with the name of its file. */
export function naming(file: string, error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'corrupt' || error.message.includes(file)) return error;
  return new AppError('corrupt', `the stored segment ${file} is damaged: ${error.message}`, { cause: error });
}
