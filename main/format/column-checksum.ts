import { crc32 } from 'node:zlib';

/** Of a column's buffers as stored; lets a reader of one column know damage without reading the others. */
export const columnChecksum = (values: Uint8Array, validity: Uint8Array | null): number =>
  validity === null ? crc32(values) : crc32(validity, crc32(values));
