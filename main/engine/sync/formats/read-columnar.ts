import type { OpenedObject } from '../source-reader.ts';
import { collected } from './collected.ts';
import type { ColumnarBatch, Wants } from './columnar-batch.ts';
import type { ObjectFormat } from './object-format.ts';
import { unpackedChunks } from './unpacked-chunks.ts';

export interface ColumnarInput {
  label: string;
  opened: OpenedObject;
  format: ObjectFormat;
  wants: Wants;
  /** Rows that were read before. */
  from: number;
}

/** The rows of a Parquet or Arrow object, in order. The libraries are loaded when the first such object is read. */
export async function* readColumnar(
  { label, opened, format, wants, from }: ColumnarInput,
  { signal, chunkBytes }: { signal: AbortSignal; chunkBytes: number },
): AsyncGenerator<ColumnarBatch> {
  if (opened.sizeBytes === 0) return;
  const packed = { label, opened, compression: format.compression };
  if (format.format === 'arrow') {
    const { readArrow } = await import('./read-arrow.ts');
    yield* readArrow(label, unpackedChunks(packed, { signal, chunkBytes }), { wants, from });
    return;
  }
  const { readParquet } = await import('./read-parquet.ts');
  if (format.compression === 'none') {
    const { sizeBytes } = opened;
    const slice = (start: number, end: number) => opened.slice(start, end, signal);
    yield* readParquet(label, { sizeBytes, slice }, { wants, from });
    return;
  }
  const bytes = await collected(label, unpackedChunks(packed, { signal, chunkBytes }));
  const slice = (start: number, end: number) => Promise.resolve(bytes.subarray(start, end));
  yield* readParquet(label, { sizeBytes: bytes.length, slice }, { wants, from });
}
