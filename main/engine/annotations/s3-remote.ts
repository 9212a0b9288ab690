import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  MAX_OPERATION_BYTES,
  type Operation,
  isEmptied,
  parseOperationText,
} from '../../../shared/annotations/operation.ts';
import type { S3Remote } from '../../../shared/annotations/remote.ts';
import { AppError } from '../../../shared/errors.ts';
import { RequestGate } from '../sync/network/request-gate.ts';
import { type Verdict, withRetries } from '../sync/network/retry.ts';
import { createS3Client } from '../sync/s3/s3-client.ts';
import { judgeS3, objectFaultOf, type S3Place, sourceFaultOf } from '../sync/s3/s3-faults.ts';
import { versionOf } from '../sync/s3/s3-version.ts';
import type { AppendResult, NotesRemote, RemoteEntry, RemoteObject } from './notes-remote.ts';
import type { RemoteServices } from './remote-services.ts';
import {
  isSameOperation,
  operationIdIn,
  operationName,
  operationsPlace,
  placeName,
  sequenceIn,
} from './operation-place.ts';

export interface S3RemoteOptions {
  config: S3Remote;
  environment: string;
  device: string;
  services: RemoteServices;
}

const REQUESTS_AT_ONCE = 16; // as many as a pull reads at once
const IDLE_MS = 30_000;

/** Operations as objects, `<prefix>annotations/${ENV}/ops/<device>/<sequence>-<op_id>.json` in a bucket (DATA §6). */
export function createS3Remote(options: S3RemoteOptions): NotesRemote {
  let bucket: Promise<Bucket> | undefined;
  const opened = (): Promise<Bucket> => (bucket ??= openBucket(options));
  const place = `${options.config.prefix}${operationsPlace(options.environment)}/`;
  const own = `${placeName(options.device)}/`;
  let ownNames: Map<string, string[]> | undefined;

  return {
    async *list(_cursor, signal) {
      const source = await opened();
      for await (const page of source.list(place, signal))
        yield {
          objects: page.map((object) => ({ ...object, ...withoutPlace(object.key, place, own) })),
          cursor: null,
        };
    },
    read: async ({ key }, signal) => (await opened()).read(place + key, signal),
    async append(entries, signal) {
      const source = await opened();
      ownNames ??= await namesByOperation(source, place + own, signal);
      const results: AppendResult[] = [];
      for (const entry of entries) {
        signal.throwIfAborted();
        results.push(await append({ source, folder: place + own, own, known: ownNames }, entry, signal));
      }
      return results;
    },
    mayAppend: () => Promise.resolve(null), // a bucket tells by taking an object, and takes none back
    async close() {
      (await bucket?.catch(() => undefined))?.close();
    },
  };
}

interface OwnPlace {
  source: Bucket;
  /** Start of the keys of this device. */
  folder: string;
  own: string;
  /** Names of this device's objects by the operation they hold. */
  known: Map<string, string[]>;
}

async function namesByOperation(
  source: Bucket,
  folder: string,
  signal: AbortSignal,
): Promise<Map<string, string[]>> {
  const names: string[] = [];
  for await (const page of source.list(folder, signal))
    names.push(...page.map(({ key }) => key.slice(folder.length)));
  return Map.groupBy(names, operationIdIn);
}

/** An object of an upload whose answer was lost counts; one that holds something else under the name stays as it is. */
async function append(place: OwnPlace, entry: RemoteEntry, signal: AbortSignal): Promise<AppendResult> {
  const { source, folder, known } = place;
  const { sequence, operation, text } = entry;
  const names = known.get(operation.op_id) ?? [];
  for (const name of names) {
    const stored = await source.operationIn(folder + name, signal);
    if (stored !== null && isSameOperation(stored.operation, operation))
      return stored.result(place.own + name, !isEmptied(stored.operation));
  }
  for (let copy = 1; ; copy++) {
    const name = operationName(sequence, operation.op_id, copy);
    if (names.includes(name)) continue;
    const version = await source.putNew(folder + name, text, signal);
    known.set(operation.op_id, [...(known.get(operation.op_id) ?? []), name]);
    if (version === null) return append(place, entry, signal); // somebody was faster: look what it is
    return {
      isStored: true,
      key: place.own + name,
      version,
      sizeBytes: Buffer.byteLength(text),
      holdsPayload: !isEmptied(operation),
    };
  }
}

function withoutPlace(key: string, place: string, own: string): Pick<RemoteObject, 'key' | 'ownSequence'> {
  const inside = key.slice(place.length);
  return { key: inside, ownSequence: inside.startsWith(own) ? sequenceIn(inside.slice(own.length)) : null };
}

interface StoredOperation {
  operation: Operation;
  result: (key: string, holdsPayload: boolean) => AppendResult;
}

interface Bucket {
  /** Pages of what ends in .json below a prefix; keys are whole. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<Omit<RemoteObject, 'ownSequence'>[]>;
  read(key: string, signal: AbortSignal): Promise<Uint8Array>;
  /** null: there is none of that key, or it holds no operation. */
  operationIn(key: string, signal: AbortSignal): Promise<StoredOperation | null>;
  /** Its version; null: there is an object of that key already. */
  putNew(key: string, text: string, signal: AbortSignal): Promise<string | null>;
  close(): void;
}

async function openBucket({ config, services }: S3RemoteOptions): Promise<Bucket> {
  const { secrets, env, surroundings } = services;
  const client = await createS3Client(config, { secrets, env, sockets: REQUESTS_AT_ONCE, idleMs: IDLE_MS });
  const gate = new RequestGate(REQUESTS_AT_ONCE);
  const place = placeOf(config);
  const asking = async <T>(
    request: () => Promise<T>,
    label: string | null,
    signal: AbortSignal,
  ): Promise<T> => {
    try {
      return await withRetries(request, { judge: briefly(), gate, surroundings, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw label === null ? sourceFaultOf(error, place) : objectFaultOf(error, label, place);
    }
  };
  const get = (key: string, signal: AbortSignal) =>
    asking(() => getObject(client, { bucket: config.bucket, key }, signal), key, signal);

  return {
    async *list(prefix, signal) {
      for (let token: string | undefined; ;) {
        const page = await asking(
          () => listPage(client, { bucket: config.bucket, prefix, token }, signal),
          null,
          signal,
        );
        yield page.objects;
        if (page.token === undefined) return;
        token = page.token;
      }
    },
    read: async (key, signal) => (await get(key, signal)).bytes,
    async operationIn(key, signal) {
      const found = await get(key, signal).catch(goneAsNull);
      const parsed = found === null ? null : parseOperationText(Buffer.from(found.bytes).toString());
      if (found === null || parsed?.ok !== true) return null;
      const { version, bytes } = found;
      return {
        operation: parsed.operation,
        result: (place, holdsPayload) => ({
          isStored: true,
          key: place,
          version,
          sizeBytes: bytes.length,
          holdsPayload,
        }),
      };
    },
    putNew: (key, text, signal) =>
      asking(() => putObject(client, { Bucket: config.bucket, Key: key, Body: text }, signal), null, signal),
    close: () => client.destroy(),
  };
}

function placeOf({ bucket, endpoint, region, credentials }: S3Remote): S3Place {
  const host = endpoint === null ? `s3.${region ?? 'us-east-1'}.amazonaws.com` : new URL(endpoint).host;
  const words = {
    profile: 'the profile of the AWS configuration files',
    keys: `the secret of this source of notes`,
    anonymous: 'this source of notes is read without credentials',
  };
  return { bucket, host, credentials: words[credentials.kind] };
}

async function listPage(
  client: S3Client,
  { bucket, prefix, token }: { bucket: string; prefix: string; token: string | undefined },
  signal: AbortSignal,
): Promise<{ objects: Omit<RemoteObject, 'ownSequence'>[]; token: string | undefined }> {
  const command = new ListObjectsV2Command({
    Bucket: bucket,
    Prefix: prefix,
    EncodingType: 'url', // a stranger's key may hold what XML cannot
    ...(token === undefined ? {} : { ContinuationToken: token }),
  });
  const {
    Contents = [],
    NextContinuationToken,
    EncodingType,
  } = await client.send(command, { abortSignal: signal });
  const objects = Contents.flatMap(({ Key, Size, ETag, LastModified }) => {
    const key = Key === undefined ? null : EncodingType === 'url' ? decoded(Key) : Key;
    if (key?.endsWith('.json') !== true) return [];
    return [{ key, sizeBytes: Size ?? 0, version: versionOf(ETag, LastModified) }];
  });
  return { objects, token: NextContinuationToken };
}

function decoded(key: string): string | null {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return null; // no name that could be asked for again
  }
}

async function getObject(
  client: S3Client,
  { bucket, key }: { bucket: string; key: string },
  signal: AbortSignal,
): Promise<{ bytes: Uint8Array; version: string }> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key });
  const { Body, ETag, LastModified } = await client.send(command, { abortSignal: signal });
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of Body as unknown as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_OPERATION_BYTES) break; // what follows is not read: it is no operation
  }
  return { bytes: Buffer.concat(chunks, length), version: versionOf(ETag, LastModified) };
}

/** A server that does not know the condition stores anyway: the name holds this device and this operation. */
async function putObject(
  client: S3Client,
  input: PutObjectCommandInput,
  signal: AbortSignal,
): Promise<string | null> {
  const typed = { ...input, ContentType: 'application/json' };
  const send = async (extra: Partial<PutObjectCommandInput>): Promise<string> => {
    const { ETag } = await client.send(new PutObjectCommand({ ...typed, ...extra }), { abortSignal: signal });
    return versionOf(ETag, undefined);
  };
  try {
    return await send({ IfNoneMatch: '*' });
  } catch (error) {
    const status = statusOf(error);
    if (status === 412 || status === 409) return null;
    if (status === 501) return send({});
    throw error;
  }
}

const statusOf = (error: unknown): number =>
  (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;

function goneAsNull(error: unknown): null {
  if (error instanceof AppError && error.code === 'not-found') return null;
  throw error;
}

const TRIES = 3; // against a hiccup; what lasts longer is the outbox's to wait for, and it says so

/** For one request. A server that asks for patience gets it. */
function briefly(): (error: unknown) => Verdict {
  let failures = 0;
  return (error) => {
    const verdict = judgeS3(error);
    if (verdict.kind !== 'again') return verdict;
    return ++failures < TRIES ? verdict : { kind: 'fail' };
  };
}
