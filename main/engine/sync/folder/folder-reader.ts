import { closeSync, createReadStream, openSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { readExactly } from '../../../format/read-columns.ts';
import { objectFormatOf } from '../formats/object-format.ts';
import { ObjectFault, ObjectGone } from '../object-fault.ts';
import type { ListedObject, OpenedObject, SourceReader } from '../source-reader.ts';
import type { KeySpan } from '../key-template.ts';
import { meets, type TimeSpan } from '../time-span.ts';
import { listFolder } from './list-folder.ts';

const EXAMPLES = 3;
const READ_BYTES = 256 << 10;
/** Up to here a file is read in one go: a stream costs more than a small file takes. */
const SMALL_BYTES = 128 << 10;

/** Files below a folder; `folder` empty: keys are absolute paths, as of imported files. */
export function createFolderReader(
  folder: string,
  matchesKey: (key: string) => boolean,
  spanOf: KeySpan = () => null,
): SourceReader {
  const fileOf = (key: string): string => path.resolve(folder, key);
  const list = (spans?: readonly TimeSpan[]) =>
    listFolder(folder, (key) => matchesKey(key) && isWithin(spanOf(key), spans));
  return {
    openAhead: { objects: 0, wholeBytes: 0 },
    // eslint-disable-next-line @typescript-eslint/require-await -- the disk is at hand; the seam is for those far away
    async *list({ spans }) {
      const { objects, ignored, unreadable } = list(spans);
      yield { objects, ignored, unreadable };
    },
    find: (key) => Promise.resolve(foundFile(key, fileOf(key))),
    open: ({ key, sizeBytes, version }) => Promise.resolve(openFile(fileOf(key), sizeBytes, version)),
    check: () =>
      Promise.resolve({
        examples: list()
          .objects.slice(0, EXAMPLES)
          .map(({ label }) => label),
      }),
    spanOf,
    close: () => undefined,
  };
}

const isWithin = (span: TimeSpan | null, spans: readonly TimeSpan[] | undefined): boolean =>
  span === null || spans === undefined || spans.some((wanted) => meets(span, wanted));

function foundFile(key: string, file: string): ListedObject | null {
  const format = objectFormatOf(path.basename(file));
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  if (format === undefined || stats?.isFile() !== true) return null;
  return { key, label: file, sizeBytes: Number(stats.size), version: String(stats.mtimeNs), format };
}

/** Opened by name when it is read: thousands are listed, and a file that is gone by then is told then. */
function openFile(file: string, sizeBytes: number, version: string): OpenedObject {
  return {
    sizeBytes,
    version,
    whole: () => (sizeBytes <= SMALL_BYTES ? guarded(file, () => plainBytes(readFileSync(file))) : null),
    stream: (signal) => fileChunks(file, signal),
    slice: (start, end) => Promise.resolve(guarded(file, () => readSlice(file, start, end))),
    close: () => undefined,
  };
}

async function* fileChunks(file: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file, { highWaterMark: READ_BYTES, signal });
  try {
    for await (const chunk of source) yield plainBytes(chunk as Buffer);
  } catch (error) {
    signal.throwIfAborted();
    throw readFailure(file, error);
  } finally {
    source.destroy();
  }
}

function readSlice(file: string, start: number, end: number): Uint8Array {
  const fd = openSync(file, 'r');
  try {
    const bytes = new Uint8Array(end - start);
    readExactly(fd, start, bytes);
    return bytes;
  } finally {
    closeSync(fd);
  }
}

/** The same memory without Buffer's own methods: its `slice` does not copy, and one type keeps the scanner fast. */
const plainBytes = ({ buffer, byteOffset, length }: Buffer): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length);

function guarded<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw readFailure(file, error);
  }
}

function readFailure(file: string, cause: unknown): ObjectFault {
  const code = codeOf(cause);
  if (code === 'ENOENT')
    return new ObjectGone('not-found', `${file} does not exist`, { cause, retryable: true });
  if (code === 'EACCES' || code === 'EPERM') {
    const message = `${file} cannot be read: permission denied`;
    return new ObjectFault('not-readable', message, { cause, retryable: true });
  }
  const message = `${file} cannot be read (${code === '' ? 'unknown fault' : code})`;
  return new ObjectFault('not-readable', message, { cause, retryable: true });
}

function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}
