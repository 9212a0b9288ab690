import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { RequestGate } from '../network/request-gate.ts';
import { withRetries } from '../network/retry.ts';
import type { Surroundings } from '../network/surroundings.ts';
import { ObjectFault, ObjectGone } from '../object-fault.ts';
import { SourceFault } from '../source-fault.ts';
import type { ListedObject, OpenedObject } from '../source-reader.ts';
import { BrokenBody, judgeS3, objectFaultOf, type S3Place } from './s3-faults.ts';
import { versionOf } from './s3-version.ts';

export interface S3Access {
  client: S3Client;
  place: S3Place;
  surroundings: Surroundings;
  gate: RequestGate;
  /** Up to here a body is taken whole. */
  wholeBytes: number;
}

/** Up to here a body is also unpacked in one go. */
const SMALL_BYTES = 128 << 10;
/** So many objects in a row that cannot be had are no accident of single objects, and the source is given up*. */
const MOST_FAILED = 10;

interface Version {
  sizeBytes: number;
  version: string;
}

/** The objects of one bucket: their bytes, whole, in order or in parts, each of one version only. */
export class S3Objects {
  readonly #access: S3Access;
  #failed = 0;

  constructor(access: S3Access) {
    this.#access = access;
  }

  async head(key: string, signal: AbortSignal): Promise<Version> {
    const { client, place } = this.#access;
    return this.#asking(key, signal, async () => {
      const command = new HeadObjectCommand({ Bucket: place.bucket, Key: key });
      const { ContentLength, ETag, LastModified } = await client.send(command, { abortSignal: signal });
      return { sizeBytes: ContentLength ?? 0, version: versionOf(ETag, LastModified) };
    });
  }

  async open(object: ListedObject, signal: AbortSignal): Promise<OpenedObject> {
    if (object.format.format === 'parquet' && object.format.compression === 'none')
      return this.#openInParts(object, signal);
    return object.sizeBytes <= this.#access.wholeBytes
      ? this.#openWhole(object, signal)
      : this.#openStream(object, signal);
  }

  async #openInParts({ key }: ListedObject, signal: AbortSignal): Promise<OpenedObject> {
    const version = await this.head(key, signal);
    return {
      ...version,
      whole: () => null,
      stream: (streamSignal) => this.#bodies(key, version, null, streamSignal),
      slice: (start, end, sliceSignal) => this.#slice(key, version, { start, end }, sliceSignal),
      close: () => undefined,
    };
  }

  async #openWhole(object: ListedObject, signal: AbortSignal): Promise<OpenedObject> {
    const { version, bytes } = await this.#asking(object.key, signal, async () => {
      const answer = await this.#get(object.key, signal);
      const { sizeBytes, version } = versionOfAnswer(answer);
      const bytes = await bytesOf(bodyOf(answer), sizeBytes);
      if (version === object.version && bytes.length !== object.sizeBytes)
        throw new BrokenBody(`${bytes.length} bytes instead of the ${object.sizeBytes} that were listed`);
      return { version, bytes };
    });
    return {
      sizeBytes: bytes.length,
      version,
      whole: () => (bytes.length <= SMALL_BYTES ? bytes : null),
      // eslint-disable-next-line @typescript-eslint/require-await -- the bytes are here already
      stream: async function* () {
        yield bytes;
      },
      slice: (start, end) => Promise.resolve(bytes.subarray(start, end)),
      close: () => undefined,
    };
  }

  async #openStream(object: ListedObject, signal: AbortSignal): Promise<OpenedObject> {
    const answer = await this.#asking(object.key, signal, () => this.#get(object.key, signal));
    const version = versionOfAnswer(answer);
    const body = bodyOf(answer);
    if (version.version === object.version && version.sizeBytes !== object.sizeBytes) {
      body.destroy();
      throw this.#faultOf(
        new BrokenBody(
          `${version.sizeBytes} bytes announced instead of the ${object.sizeBytes} that were listed`,
        ),
        object.key,
      );
    }
    return {
      ...version,
      whole: () => null,
      stream: (streamSignal) => this.#bodies(object.key, version, body, streamSignal),
      slice: (start, end, sliceSignal) => this.#slice(object.key, version, { start, end }, sliceSignal),
      close: () => body.destroy(),
    };
  }

  /** The bytes of one version in order. A body that breaks off goes on where it stopped, as long as it gets on. */
  async *#bodies(
    key: string,
    version: Version,
    first: Readable | null,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    let done = 0;
    let body = first;
    for (let stuck = 0; done < version.sizeBytes;) {
      const before = done;
      try {
        body ??= await this.#rest(key, version, done, signal);
        for await (const chunk of body as AsyncIterable<Buffer>) {
          const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length);
          done += bytes.length;
          if (done > version.sizeBytes) throw new BrokenBody('it is longer than announced');
          yield bytes;
        }
        if (done < version.sizeBytes)
          throw new BrokenBody(`it ended after ${done} of ${version.sizeBytes} bytes`);
      } catch (error) {
        signal.throwIfAborted();
        stuck = done > before ? 0 : stuck + 1;
        if (judgeS3(error).kind === 'fail' || stuck > MOST_STUCK) throw this.#faultOf(error, key);
        await this.#access.surroundings.sleep(this.#access.surroundings.random() * RESUME_WITHIN_MS, signal);
      } finally {
        body?.destroy();
        body = null;
      }
    }
  }

  /** The body from an offset on, of the same version. */
  async #rest(key: string, version: Version, start: number, signal: AbortSignal): Promise<Readable> {
    const answer = await this.#asking(key, signal, () =>
      this.#get(key, signal, { start, end: version.sizeBytes }),
    );
    this.#checkSame(key, version, answer);
    if (start > 0 && answer.ContentRange === undefined)
      throw new ObjectFault(
        'not-readable',
        `${this.#labelOf(key)} broke off, and its server gives no parts of it`,
        {
          retryable: true,
        },
      );
    return bodyOf(answer);
  }

  async #slice(
    key: string,
    version: Version,
    range: { start: number; end: number },
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    return this.#asking(key, signal, async () => {
      const answer = await this.#get(key, signal, range);
      this.#checkSame(key, version, answer);
      const isPart = answer.ContentRange !== undefined;
      const bytes = await bytesOf(bodyOf(answer), isPart ? range.end - range.start : version.sizeBytes);
      return isPart ? bytes : bytes.subarray(range.start, range.end);
    });
  }

  #checkSame(key: string, { version }: Version, answer: GetObjectCommandOutput): void {
    if (versionOf(answer.ETag, answer.LastModified) === version) return;
    throw this.#changed(key);
  }

  #changed(key: string, cause?: unknown): ObjectFault {
    const message = `${this.#labelOf(key)} changed while it was read; the next sync reads it anew`;
    return new ObjectFault('not-readable', message, { cause, retryable: true });
  }

  #get(
    key: string,
    signal: AbortSignal,
    range?: { start: number; end: number },
  ): Promise<GetObjectCommandOutput> {
    const { client, place } = this.#access;
    const part = range === undefined ? {} : { Range: `bytes=${range.start}-${range.end - 1}` };
    const command = new GetObjectCommand({ Bucket: place.bucket, Key: key, ...part });
    return client.send(command, { abortSignal: signal });
  }

  /** A request with retries, whose failure is worded. */
  async #asking<T>(key: string, signal: AbortSignal, request: () => Promise<T>): Promise<T> {
    const { gate, surroundings } = this.#access;
    try {
      const result = await withRetries(request, { judge: judgeS3, gate, surroundings, signal });
      this.#failed = 0;
      return result;
    } catch (error) {
      signal.throwIfAborted();
      throw this.#faultOf(error, key);
    }
  }

  #faultOf(error: unknown, key: string): unknown {
    const fault = objectFaultOf(error, this.#labelOf(key), this.#access.place);
    if (!(fault instanceof ObjectFault) || fault instanceof ObjectGone) return fault;
    if (++this.#failed < MOST_FAILED) return fault;
    const { code, message } = fault;
    return new SourceFault(code, `${message}, as ${MOST_FAILED - 1} objects before it`, { cause: fault });
  }

  #labelOf(key: string): string {
    return `s3://${this.#access.place.bucket}/${key}`;
  }
}

const MOST_STUCK = 8; // resumptions in a row that brought nothing
const RESUME_WITHIN_MS = 1_000;

function versionOfAnswer({ ContentLength, ETag, LastModified }: GetObjectCommandOutput): Version {
  if (ContentLength === undefined) throw new BrokenBody('the server does not say how long it is');
  return { sizeBytes: ContentLength, version: versionOf(ETag, LastModified) };
}

/** In Node the body is a stream; the library's type also knows those of browsers. */
const bodyOf = ({ Body }: GetObjectCommandOutput): Readable => Body as Readable;

async function bytesOf(body: Readable, expected: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(expected);
  let at = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (at + chunk.length > expected) throw new BrokenBody('it is longer than announced');
    bytes.set(chunk, at);
    at += chunk.length;
  }
  if (at < expected) throw new BrokenBody(`it ended after ${at} of ${expected} bytes`);
  return bytes;
}
