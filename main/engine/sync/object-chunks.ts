import { createReadStream, readFileSync } from 'node:fs';
import { createGunzip, createZstdDecompress, gunzipSync } from 'node:zlib';
import { ObjectFault } from './object-fault.ts';
import type { Compression } from './object-format.ts';

const CHUNK_BYTES = 1 << 20;
/** Up to here a gzipped object is read and unpacked in one go: a stream costs more than a small file takes. */
const SMALL_BYTES = 128 << 10;
const SMALL_UNPACKED_BYTES = 16 << 20;

/**
 * The bytes of an object, unpacked, in chunks. What was readable before a fault is delivered first; then an ObjectFault
 * says what is wrong with the object.
 */
export async function* objectChunks(
  file: string,
  sizeBytes: number,
  compression: Compression,
  { signal, limit }: { signal: AbortSignal; limit: { chunkBytes: number } },
): AsyncGenerator<Uint8Array> {
  if (sizeBytes === 0) return; // empty is no fault, whatever its name promises
  if (compression === 'gzip' && sizeBytes <= SMALL_BYTES) {
    const whole = unpackSmall(file);
    if (whole !== null) {
      yield* slices(plainBytes(whole), limit.chunkBytes);
      return;
    }
  }
  for await (const chunk of streamed(file, compression, signal)) yield* slices(chunk, limit.chunkBytes);
}

/** The same memory without Buffer's own methods: its `slice` does not copy, and one type keeps the scanner fast. */
const plainBytes = ({ buffer, byteOffset, length }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length);

function* slices(bytes: Uint8Array, sliceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes);
}

/** null: damaged or too large when unpacked; the stream then delivers what there is. */
function unpackSmall(file: string): Buffer | null {
  try {
    return gunzipSync(readFileSync(file), { maxOutputLength: SMALL_UNPACKED_BYTES, chunkSize: SMALL_BYTES });
  } catch (error) {
    if (isSystemError(error)) throw readFailure(file, error);
    return null;
  }
}

async function* streamed(
  file: string,
  compression: Compression,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: CHUNK_BYTES / 4, signal });
  const unpacked = compression === 'none' ? source : source.pipe(unpackerOf(compression));
  if (unpacked !== source) source.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const chunk of unpacked) yield plainBytes(chunk as Buffer);
  } catch (error) {
    signal.throwIfAborted();
    throw readFailure(file, error);
  } finally {
    source.destroy();
    unpacked.destroy();
  }
}

const unpackerOf = (compression: Exclude<Compression, 'none'>) =>
  compression === 'gzip'
    ? createGunzip({ chunkSize: CHUNK_BYTES })
    : createZstdDecompress({ chunkSize: CHUNK_BYTES });

function readFailure(file: string, error: unknown): ObjectFault {
  const code = codeOf(error);
  if (code === 'ENOENT') return new ObjectFault('not-found', `${file} does not exist`, { cause: error });
  if (code === 'EACCES' || code === 'EPERM') {
    return new ObjectFault('not-readable', `${file} cannot be read: permission denied`, { cause: error });
  }
  if (code === 'Z_BUF_ERROR' || code === 'ZSTD_error_srcSize_wrong') {
    return new ObjectFault('corrupt', `${file} is cut short: the compressed data ends too early`, {
      cause: error,
    });
  }
  if (code.startsWith('Z_') || code.startsWith('ZSTD_')) {
    return new ObjectFault('corrupt', `${file} is not valid compressed data`, { cause: error });
  }
  return new ObjectFault('not-readable', `${file} cannot be read (${code === '' ? 'unknown fault' : code})`, {
    cause: error,
  });
}

const isSystemError = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
