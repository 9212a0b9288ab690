import { Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { AppError } from '../../../../shared/errors.ts';
import { ObjectFault } from '../object-fault.ts';
import type { OpenedObject } from '../source-reader.ts';
import type { Compression } from './object-format.ts';

const CHUNK_BYTES = 1 << 20;
const SMALL_CHUNK_BYTES = 128 << 10;
const SMALL_UNPACKED_BYTES = 16 << 20;

export interface Packed {
  /** How messages call the object. */
  label: string;
  opened: OpenedObject;
  compression: Compression;
}

/**
 * The bytes of an object, unpacked, in chunks of at most `chunkBytes`. What was readable before a fault is delivered
 * first; then an ObjectFault says what is wrong with the object.
 */
export async function* unpackedChunks(
  packed: Packed,
  { signal, chunkBytes }: { signal: AbortSignal; chunkBytes: number },
): AsyncGenerator<Uint8Array> {
  if (packed.opened.sizeBytes === 0) return; // empty is no fault, whatever its name promises
  const small = smallWhole(packed);
  if (small !== null) yield* slices(small, chunkBytes);
  else for await (const chunk of streamed(packed, signal)) yield* slices(chunk, chunkBytes);
}

function* slices(bytes: Uint8Array, sliceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
}

/** A stream costs more than a small object takes. null: damaged or too large; the stream delivers what there is. */
function smallWhole({ opened, compression }: Packed): Uint8Array | null {
  const whole = opened.whole();
  return whole === null || compression === 'none'
    ? whole
    : unpackWhole(whole, compression, SMALL_UNPACKED_BYTES);
}

/** null: damaged, or larger than `maxBytes` when unpacked. */
export function unpackWhole(
  whole: Uint8Array,
  compression: Exclude<Compression, 'none'>,
  maxBytes: number,
): Uint8Array | null {
  try {
    const options = { maxOutputLength: maxBytes, chunkSize: SMALL_CHUNK_BYTES };
    return plainBytes(
      compression === 'gzip' ? gunzipSync(whole, options) : zstdDecompressSync(whole, options),
    );
  } catch {
    return null;
  }
}

/** The same memory without Buffer's own methods: its `slice` does not copy, and one type keeps the scanner fast. */
const plainBytes = ({ buffer, byteOffset, length }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length);

async function* streamed(
  { label, opened, compression }: Packed,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (compression === 'none') {
    yield* opened.stream(signal);
    return;
  }
  const source = Readable.from(opened.stream(signal), { objectMode: false, highWaterMark: CHUNK_BYTES / 4 });
  const unpacked = source.pipe(unpackerOf(compression));
  source.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const chunk of unpacked) yield plainBytes(chunk as Buffer);
  } catch (error) {
    signal.throwIfAborted();
    throw unpackFailure(label, error);
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}

const unpackerOf = (compression: Exclude<Compression, 'none'>): Transform =>
  compression === 'gzip'
    ? createGunzip({ chunkSize: CHUNK_BYTES })
    : createZstdDecompress({ chunkSize: CHUNK_BYTES });

function unpackFailure(label: string, cause: unknown): unknown {
  if (cause instanceof AppError) return cause; // of the source's own reading
  const code = codeOf(cause);
  if (code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong')
    return new ObjectFault('corrupt', `${label} is cut short: the compressed data ends too early`, { cause });
  if (code.startsWith('Z_') || code.startsWith('ZSTD_'))
    return new ObjectFault('corrupt', `${label} is not valid compressed data`, { cause });
  return cause;
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
