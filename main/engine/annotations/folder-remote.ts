import { createHash } from 'node:crypto';
import { type BigIntStats, constants, type Dirent, existsSync } from 'node:fs';
import { access, lstat, open, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  MAX_OPERATION_BYTES,
  type Operation,
  isEmptied,
  parseOperationText,
} from '../../../shared/annotations/operation.ts';
import { AppError } from '../../../shared/errors.ts';
import { storageError } from '../../catalogue/open-db.ts';
import { allDone, type DurableFiles, diskFiles, makeFolder } from '../store/durable-files.ts';
import type { AppendResult, NotesRemote, RemoteEntry, RemoteObject, RemotePage } from './notes-remote.ts';
import {
  isSameOperation,
  operationIdIn,
  operationName,
  operationsPlace,
  placeName,
  sequenceIn,
} from './operation-place.ts';

export interface FolderRemoteOptions {
  /** What stands before `annotations/`. It must exist: an unplugged disk must not pass for an empty one. */
  root: string;
  environment: string;
  device: string;
  files?: DurableFiles;
  nowMs?: () => number;
}

const PAGE_OBJECTS = 500; // one transaction of the reader
const AT_REST_MS = 60 * 60 * 1000; // what other programs carry into a folder is whole by then, or found the next day

/** Operations as files, `annotations/${ENV}/ops/<device>/<sequence>-<op_id>.json` below a folder (DATA §6). */
export function createFolderRemote(options: FolderRemoteOptions): NotesRemote {
  const { root, environment, device, files = diskFiles, nowMs = Date.now } = options;
  const place = path.join(root, operationsPlace(environment));
  const own = placeName(device);
  let ownNames: Promise<Map<string, string[]>> | undefined;

  return {
    async *list(cursor, signal) {
      await checkRoot(root);
      const page: RemoteObject[] = [];
      const known = atRestIn(cursor);
      const atRest: AtRest = {};
      for (const folder of ['', ...(await namesIn(place, (entry) => entry.isDirectory()))]) {
        const names = await namesIn(path.join(place, folder), isOperationFile);
        const digest = digestOf(names);
        if (known[folder] === digest) {
          atRest[folder] = digest;
          continue;
        }
        let changedMs = -Infinity;
        for (let at = 0; at < names.length; at += PAGE_OBJECTS) {
          signal.throwIfAborted();
          const keys = names.slice(at, at + PAGE_OBJECTS).map((name) => path.posix.join(folder, name));
          const found = await Promise.all(keys.map((key) => objectAt(place, key, own)));
          const objects = found.filter((one) => one !== null);
          changedMs = Math.max(changedMs, ...objects.map((one) => one.changedMs));
          page.push(...objects);
          if (page.length >= PAGE_OBJECTS) yield { objects: page.splice(0), cursor } satisfies RemotePage;
        }
        if (changedMs < nowMs() - AT_REST_MS) atRest[folder] = digest;
      }
      yield { objects: page, cursor: JSON.stringify(atRest) };
    },
    read: ({ key }) => readStart(path.join(place, key)),
    async append(entries, signal) {
      await checkRoot(root);
      try {
        const folder = path.join(place, own);
        await allDone(makeFolder(folder).map((parent) => files.syncFolder(parent)));
        ownNames ??= namesByOperation(folder);
        const results = await appendAll({ files, folder, own, known: await ownNames }, entries, signal);
        await files.syncFolder(folder);
        return results;
      } catch (error) {
        ownNames = undefined;
        throw storageError(root, error);
      }
    },
    async mayAppend() {
      const deepest = [
        path.join(place, own),
        place,
        path.dirname(place),
        path.dirname(path.dirname(place)),
        root,
      ];
      const folder = deepest.find((each) => existsSync(each)) ?? root;
      return access(folder, constants.W_OK).then(
        () => true,
        () => false,
      );
    },
    close: () => Promise.resolve(),
  };
}

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

/**
 * Folders of devices that hold the same names as when all of their files had come to rest, by a digest of these names:
 * each file need not be looked at again. By names, because not every file system dates its folders.
 */
type AtRest = Record<string, string>;

const atRestIn = (cursor: string | null): AtRest => (cursor === null ? {} : (JSON.parse(cursor) as AtRest));

const digestOf = (names: readonly string[]): string =>
  createHash('sha256').update(names.join('\n')).digest('base64url');

interface FileObject extends RemoteObject {
  changedMs: number;
}

/** null: it went away since it was listed. */
async function objectAt(place: string, key: string, own: string): Promise<FileObject | null> {
  const stats: BigIntStats | null = await lstat(path.join(place, key), { bigint: true }).catch(() => null);
  if (stats === null) return null;
  const [folder, name] = [path.posix.dirname(key), path.posix.basename(key)];
  const ownSequence = folder === own ? sequenceIn(name) : null;
  return {
    key,
    version: `${stats.mtimeNs}-${stats.size}`,
    sizeBytes: Number(stats.size),
    ownSequence,
    changedMs: Number(stats.mtimeMs),
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
async function namesByOperation(folder: string): Promise<Map<string, string[]>> {
  const names = await namesIn(folder, isOperationFile);
  return Map.groupBy(names, (name) => operationIdIn(name));
}

interface OwnFolder {
  files: DurableFiles;
  folder: string;
  own: string;
  known: Map<string, string[]>;
}

async function appendAll(
  place: OwnFolder,
  entries: readonly RemoteEntry[],
  signal: AbortSignal,
): Promise<AppendResult[]> {
  const results: AppendResult[] = [];
  for (const entry of entries) {
    signal.throwIfAborted();
    results.push((await storedBefore(place, entry)) ?? (await appendNew(place, entry)));
  }
  return results;
}

/** The file of an upload whose answer was lost; null where there is none. */
async function storedBefore(
  { folder, own, known }: OwnFolder,
  { operation }: RemoteEntry,
): Promise<AppendResult | null> {
  for (const name of known.get(operation.op_id) ?? []) {
    const stored = await operationIn(path.join(folder, name));
    if (stored !== null && isSameOperation(stored, operation))
      return resultOf(folder, own, name, !isEmptied(stored));
  }
  return null;
}

async function operationIn(file: string): Promise<Operation | null> {
  const parsed = parseOperationText(Buffer.from(await readStart(file)).toString());
  return parsed.ok ? parsed.operation : null;
}

async function appendNew(place: OwnFolder, entry: RemoteEntry): Promise<AppendResult> {
  const { files, folder, own, known } = place;
  const { op_id: opId } = entry.operation;
  const name = await freeName(place, entry);
  const draft = path.join(folder, `.${name}.tmp`);
  await files.write(draft, Buffer.from(`${entry.text}\n`));
  files.rename(draft, path.join(folder, name));
  known.set(opId, [...(known.get(opId) ?? []), name]);
  return resultOf(folder, own, name, !isEmptied(entry.operation));
}

/** A file of that name that a crash of the system left without its content is replaced; any other stays. */
async function freeName({ folder, known }: OwnFolder, { sequence, operation }: RemoteEntry): Promise<string> {
  const names = known.get(operation.op_id) ?? [];
  for (let copy = 1; ; copy++) {
    const name = operationName(sequence, operation.op_id, copy);
    if (!names.includes(name) || (await operationIn(path.join(folder, name))) === null) return name;
  }
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
