import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { readColumn } from '../../format/read-columns.ts';
import type { StoredColumn } from '../../format/types.ts';

export interface StoredFile {
  /** Relative to the data folder. */
  file: string;
  columns: readonly StoredColumn[];
}

/** The event ids of a segment, four words per row. */
export function readIds(dataDir: string, segment: StoredFile): Uint32Array {
  const column = segment.columns.find(({ name }) => name === 'id');
  if (column === undefined) throw new AppError('corrupt', `${segment.file} has no id column`);
  return withSegment(dataDir, segment.file, (fd) => {
    const { values } = readColumn(fd, column);
    return new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
  });
}

/** For each row of a segment the object that it came from. */
export function readObjectIds(dataDir: string, segment: StoredFile): ArrayLike<number> {
  const column = segment.columns.find(({ name }) => name === 'object');
  if (column === undefined) throw new AppError('corrupt', `${segment.file} has no object column`);
  return withSegment(dataDir, segment.file, (fd) => readColumn(fd, column).values);
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
    if (error instanceof AppError && error.code === 'corrupt') {
      throw new AppError('corrupt', `the stored segment ${file} is damaged: ${error.message}`, {
        cause: error,
      });
    }
    throw error;
  } finally {
    closeSync(fd);
  }
}
