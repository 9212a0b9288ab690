import { AppError } from '../../../shared/errors.ts';
import { readColumn } from '../../format/read-columns.ts';
import type { StoredColumn } from '../../format/types.ts';
import { withSegment } from './segment-reader.ts';

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
