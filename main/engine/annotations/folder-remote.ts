import { type BigIntStats, constants, type Dirent } from 'node:fs';
import { lstat, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { MAX_OPERATION_BYTES, isEmptied, parseOperationText } from '../../../shared/annotations/operation.ts';
import { AppError } from '../../../shared/errors.ts';
import { storageError } from '../../catalogue/open-db.ts';
import { type DurableFiles, diskFiles, makeFolder } from '../store/durable-files.ts';
import { fileNameOf } from '../store/folder-names.ts';
import type { AppendResult, NotesRemote, RemoteEntry, RemoteObject, RemotePage } from './notes-remote.ts';

export interface FolderRemoteOptions {
  /** What stands before `annotations/`. It must exist: an unplugged disk must not pass for an empty one. */
  root: string;
  environment: string;
  device: string;
  files?: DurableFiles;
}

const PAGE_OBJECTS = 500; // one transaction of the reader
const SEQUENCE_DIGITS = 6;
const OPERATION_FILE = /^(\d{1,15})-(.+)\.json$/;
const PLAIN_NAME = /^\w[\w.-]{0,63}$/;

/** Operations as files, `annotations/${ENV}/ops/<device>/<sequence>-<op_id>.json` below a folder (DATA §6). */
export function createFolderRemote(options: FolderRemoteOptions): NotesRemote {
  const { root, environment, device, files = diskFiles } = options;
  const place = path.join(root, 'annotations', placeName(environment), 'ops');
  const own = placeName(device);
  let ownNames: Promise<Map<string, string>> | undefined;

  return {
    async *list(_cursor, signal) {
      await checkRoot(root);
      const page: RemoteObject[] = [];
      for (const folder of ['', ...(await namesIn(place, (entry) => entry.isDirectory()))]) {
        const names = await namesIn(path.join(place, folder), isOperationFile);
        for (let at = 0; at < names.length; at += PAGE_OBJECTS) {
          signal.throwIfAborted();
          const keys = names.slice(at, at + PAGE_OBJECTS).map((name) => path.posix.join(folder, name));
          page.push(
            ...(await Promise.all(keys.map((key) => objectAt(place, key, own)))).filter(
              (one) => one !== null,
            ),
          );
          if (page.length >= PAGE_OBJECTS)
            yield { objects: page.splice(0), cursor: null } satisfies RemotePage;
        }
      }
      yield { objects: page, cursor: null };
    },
    read: ({ key }) => readStart(path.join(place, key)),
    async append(entries, signal) {
      await checkRoot(root);
      try {
        const folder = path.join(place, own);
        makeFolder(files, folder);
        ownNames ??= namesByOperation(folder);
        const results = await appendAll(files, { folder, own, known: await ownNames, entries, signal });
        files.syncFolder(folder);
        return results;
      } catch (error) {
        ownNames = undefined;
        throw storageError(root, error);
      }
    },
    close: () => Promise.resolve(),
  };
}

/** Environments and devices have plain names as a rule; any other is spelled so that it stays one folder. */
const placeName = (name: string): string => (PLAIN_NAME.test(name) ? name : fileNameOf(name));

async function checkRoot(root: string): Promise<void> {
  const stats = await stat(root).catch(() => null);
  if (stats?.isDirectory() === true) return;
  throw new AppError('source-unreachable', `the folder ${root} is not there; is its disk connected?`);
}

const isOperationFile = (entry: Dirent): boolean => entry.isFile() && entry.name.endsWith('.json');

/** Sorted, hidden ones left out; links are never followed. A folder that is not there is empty. */
async function namesIn(folder: string, isWanted: (entry: Dirent) => boolean): Promise<string[]> {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return [];
    throw new AppError('not-readable', `the folder ${folder} cannot be listed`, { cause });
  }
  return entries
    .filter((entry) => !entry.name.startsWith('.') && isWanted(entry))
    .map(({ name }) => name)
    .sort();
}

/** null: it went away since it was listed. */
async function objectAt(place: string, key: string, own: string): Promise<RemoteObject | null> {
  const stats: BigIntStats | null = await lstat(path.join(place, key), { bigint: true }).catch(() => null);
  if (stats === null) return null;
  const [folder, name] = [path.posix.dirname(key), path.posix.basename(key)];
  const sequence = folder === own ? Number(OPERATION_FILE.exec(name)?.[1] ?? NaN) : NaN;
  return {
    key,
    version: `${stats.mtimeNs}-${stats.size}`,
    sizeBytes: Number(stats.size),
    ownSequence: Number.isNaN(sequence) ? null : sequence,
  };
}

const CHUNK_BYTES = 4 * 1024; // most operations fit into one

/** The whole file, or a little more than an operation may be. */
async function readStart(file: string): Promise<Uint8Array> {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW);
    try {
      const chunks: Uint8Array[] = [];
      let length = 0;
      for (let read = CHUNK_BYTES; read > 0 && length <= MAX_OPERATION_BYTES; length += read) {
        const chunk = new Uint8Array(CHUNK_BYTES);
        ({ bytesRead: read } = await handle.read(chunk, 0, CHUNK_BYTES, length));
        chunks.push(chunk.subarray(0, read));
      }
      return Buffer.concat(chunks, length);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new AppError('not-readable', `${file} cannot be read`, { cause });
  }
}

/** Names of the files of this device by the operation they hold. */
async function namesByOperation(folder: string): Promise<Map<string, string>> {
  const names = await namesIn(folder, isOperationFile);
  return new Map(names.map((name) => [OPERATION_FILE.exec(name)?.[2] ?? name, name]));
}

interface OwnFolder {
  folder: string;
  own: string;
  known: Map<string, string>;
  entries: readonly RemoteEntry[];
  signal: AbortSignal;
}

async function appendAll(
  files: DurableFiles,
  { folder, own, known, entries, signal }: OwnFolder,
): Promise<AppendResult[]> {
  const results: AppendResult[] = [];
  for (const entry of entries) {
    signal.throwIfAborted();
    const { op_id: opId } = entry.operation;
    const name = known.get(opId);
    const stored = name === undefined ? null : await storedBefore(folder, own, { name, opId });
    results.push(stored ?? (await appendNew(files, folder, own, entry)));
    if (stored === null) known.set(opId, fileOf(entry));
  }
  return results;
}

const fileOf = ({ sequence, operation }: RemoteEntry): string =>
  `${String(sequence).padStart(SEQUENCE_DIGITS, '0')}-${operation.op_id}.json`;

/** null: there is a file of that name, but a crash of the system left it without its content. */
async function storedBefore(
  folder: string,
  own: string,
  { name, opId }: { name: string; opId: string },
): Promise<AppendResult | null> {
  const parsed = parseOperationText(Buffer.from(await readStart(path.join(folder, name))).toString());
  if (!parsed.ok || parsed.operation.op_id !== opId) return null;
  return resultOf(folder, own, name, !isEmptied(parsed.operation));
}

async function appendNew(
  files: DurableFiles,
  folder: string,
  own: string,
  entry: RemoteEntry,
): Promise<AppendResult> {
  const name = fileOf(entry);
  const draft = path.join(folder, `.${name}.tmp`);
  await files.write(draft, Buffer.from(`${entry.text}\n`));
  files.rename(draft, path.join(folder, name));
  return resultOf(folder, own, name, !isEmptied(entry.operation));
}

async function resultOf(
  folder: string,
  own: string,
  name: string,
  holdsPayload: boolean,
): Promise<AppendResult> {
  const { mtimeNs, size } = await lstat(path.join(folder, name), { bigint: true });
  const version = `${mtimeNs}-${size}`;
  return { isStored: true, key: path.posix.join(own, name), version, sizeBytes: Number(size), holdsPayload };
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
