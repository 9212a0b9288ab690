import { crc32 } from 'node:zlib';
import type { SegmentShape } from '../../format/arrow-schema.ts';
import { type SegmentLayout, layoutOf, paddedTo8 } from '../../format/segment-layout.ts';
import type { StoredColumn } from '../../format/types.ts';
import type { OpenFile } from './durable-files.ts';

export interface FinishedFile {
  sizeBytes: number;
  crc32: number;
  columns: StoredColumn[];
}

/**
 * Writes a segment file from front to back: for each column `beginColumn`, its validity if the shape says that rows are
 * missing, then its values in as many pieces as the caller likes, and `finish` behind the last.
 */
export class SegmentFileWriter {
  readonly #file: OpenFile;
  readonly #layout: SegmentLayout;
  readonly #checksums: number[] = [];
  #validity: Uint8Array | null = null;
  #valuesChecksum = 0;
  #columnBytes = 0;
  #sizeBytes = 0;
  #crc32 = 0;
  #isBegun = false;

  constructor(file: OpenFile, shape: SegmentShape) {
    this.#file = file;
    this.#layout = layoutOf(shape);
    this.#write(this.#layout.head);
  }

  beginColumn(): void {
    this.#endColumn();
    this.#isBegun = true;
  }

  writeValidity(bitmap: Uint8Array): void {
    this.#validity = bitmap;
    this.#write(bitmap);
    this.#pad(bitmap.length);
  }

  writeValues(bytes: Uint8Array): void {
    this.#valuesChecksum = crc32(bytes, this.#valuesChecksum);
    this.#columnBytes += bytes.length;
    this.#write(bytes);
  }

  /** The promise is kept when the file is on the disk. */
  async finish(): Promise<FinishedFile> {
    this.#endColumn();
    this.#write(this.#layout.foot(this.#checksums));
    await this.#file.finish();
    const columns = this.#layout.columns.map((column, index) => ({
      ...column,
      crc32: this.#checksums[index] ?? 0,
    }));
    return { sizeBytes: this.#sizeBytes, crc32: this.#crc32, columns };
  }

  #endColumn(): void {
    if (!this.#isBegun) return;
    const { columns } = this.#layout;
    const expected = columns[this.#checksums.length]?.lengthBytes;
    if (this.#columnBytes !== expected)
      throw new Error(`a column has ${this.#columnBytes} bytes where ${expected ?? 0} were announced`);
    this.#pad(this.#columnBytes);
    this.#checksums.push(
      this.#validity === null ? this.#valuesChecksum : crc32(this.#validity, this.#valuesChecksum),
    );
    this.#validity = null;
    this.#valuesChecksum = 0;
    this.#columnBytes = 0;
    this.#isBegun = false;
  }

  #pad(writtenBytes: number): void {
    this.#write(new Uint8Array(paddedTo8(writtenBytes) - writtenBytes));
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#crc32 = crc32(bytes, this.#crc32);
    this.#sizeBytes += bytes.length;
    this.#file.write(bytes);
  }
}
