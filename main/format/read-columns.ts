import { readSync } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { columnChecksum } from './column-checksum.ts';
import { type ColumnValues, ELEMENT_BYTES, memoryElementOf, viewOf } from './elements.ts';
import type { StoredColumn } from './types.ts';

export interface LoadedColumn {
  column: StoredColumn;
  /** Numbers as int32 or float64, however narrow they are stored. */
  values: ColumnValues;
  /** null: every row is present. */
  validity: Uint8Array | null;
}

/** Memory of at least `sizeBytes` that begins at a multiple of 8; may be shared. */
export type Allocate = (sizeBytes: number) => { buffer: ArrayBufferLike; byteOffset: number };

const MAX_READ_BYTES = 1 << 30; // one read call carries at most 2 GiB − 1

const ownMemory: Allocate = (sizeBytes) => ({ buffer: new ArrayBuffer(sizeBytes), byteOffset: 0 });

/** Reads whole columns of an open segment file by offset, straight into the memory that `allocate` gives. */
export function readColumns(
  fd: number,
  columns: readonly StoredColumn[],
  allocate: Allocate = ownMemory,
): LoadedColumn[] {
  return columns.map((column) => readColumn(fd, column, allocate));
}

export function readColumn(fd: number, column: StoredColumn, allocate: Allocate = ownMemory): LoadedColumn {
  const { element, lengthBytes } = column;
  const rows = lengthBytes / ELEMENT_BYTES[element];
  const inMemory = memoryElementOf(column);
  const memoryBytes = rows * ELEMENT_BYTES[inMemory];
  const { buffer, byteOffset } = allocate(memoryBytes);
  // narrow numbers are read into the end of their memory and spread out from there
  const storedAt = byteOffset + memoryBytes - lengthBytes;
  const bytes = new Uint8Array(buffer, storedAt, lengthBytes);
  readExactly(fd, column.offset, bytes);
  const validity = readValidity(fd, column, allocate);
  if (column.crc32 !== undefined && columnChecksum(bytes, validity) !== column.crc32)
    throw new AppError('corrupt', `the column "${column.name}" does not match its checksum`);
  const values = viewOf(inMemory, buffer, byteOffset, rows);
  if (inMemory !== element) values.set(viewOf(element, buffer, storedAt, rows));
  return { column, values, validity };
}

function readValidity(fd: number, column: StoredColumn, allocate: Allocate): Uint8Array | null {
  const { validityOffset, validityBytes } = column;
  if (validityOffset === undefined || validityBytes === undefined) return null;
  const { buffer, byteOffset } = allocate(validityBytes);
  const validity = new Uint8Array(buffer, byteOffset, validityBytes);
  readExactly(fd, validityOffset, validity);
  return validity;
}

/** Fills `target` from `offset`; a file that ends before that is corrupt. */
export function readExactly(fd: number, offset: number, target: Uint8Array): void {
  let done = 0;
  while (done < target.length) {
    const wanted = Math.min(target.length - done, MAX_READ_BYTES);
    const got = readSync(fd, target, done, wanted, offset + done);
    if (got === 0)
      throw new AppError('corrupt', `a stored file ends ${target.length - done} bytes too early`);
    done += got;
  }
}
