import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { RequestGate } from '../network/request-gate.ts';
import { withRetries } from '../network/retry.ts';
import type { Surroundings } from '../network/surroundings.ts';
import { type ObjectFormat, objectFormatOf } from '../formats/object-format.ts';
import { keyMatcher, keySpan } from '../key-template.ts';
import { SourceFault } from '../source-fault.ts';
import type { ListRequest, ListedObject, ListedPage, SourceReader } from '../source-reader.ts';
import { type KeyPrefixes, keyPrefixes } from './list-prefixes.ts';
import { createS3Client, type S3ClientOptions } from './s3-client.ts';
import type { S3Source } from './s3-config.ts';
import { judgeS3, type S3Place, sourceFaultOf } from './s3-faults.ts';
import { ObjectGone } from '../object-fault.ts';
import { S3Objects } from './s3-objects.ts';
import { versionOf } from './s3-version.ts';

const EXAMPLES = 3;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Days before the last listing that are listed again: objects of late rows land there*. */
const OVERLAP_DAYS = 3;
/** Objects of even older days are found by a full listing, once a day*. */
const FULL_LISTING_EVERY_MS = DAY_MS;

const Checkpoint = z.object({ listedAtMs: z.number(), fullAtMs: z.number() });

export type S3ReaderContext = Pick<S3ClientOptions, 'secrets' | 'env'> & {
  surroundings: Surroundings;
  limits: { requests: number; wholeBytes: number; idleMs: number };
};

/** Objects of one bucket by S3's own protocol. */
export async function createS3Reader(source: S3Source, context: S3ReaderContext): Promise<SourceReader> {
  const { surroundings, secrets, env, limits } = context;
  const { requests, wholeBytes, idleMs } = limits;
  const client = await createS3Client(source, { secrets, env, sockets: requests, idleMs });
  const gate = new RequestGate(requests);
  const listing = new S3Listing(client, source, surroundings, gate);
  const objects = new S3Objects({ client, place: listing.place, surroundings, gate, wholeBytes });
  return {
    openAhead: { objects: requests, wholeBytes },
    list: (request) => listing.pages(request),
    async find(key, signal) {
      const format = formatOf(key, source.format);
      if (format === undefined) return null;
      try {
        const { sizeBytes, version } = await objects.head(key, signal);
        return { key, label: listing.labelOf(key), sizeBytes, version, format };
      } catch (error) {
        if (error instanceof ObjectGone) return null;
        throw error;
      }
    },
    open: (object, signal) => objects.open(object, signal),
    async check(signal) {
      const examples: string[] = [];
      for await (const page of listing.pages({ checkpoint: null, isFull: true, signal })) {
        examples.push(...page.objects.map(({ label }) => label));
        if (examples.length >= EXAMPLES) break;
      }
      return { examples: examples.slice(0, EXAMPLES) };
    },
    spanOf: keySpan(source.keyTemplate, source.environment),
    close: () => client.destroy(),
  };
}

class S3Listing {
  readonly place: S3Place;
  readonly #gate: RequestGate;
  readonly #client: S3Client;
  readonly #source: S3Source;
  readonly #surroundings: Surroundings;
  readonly #prefixes: KeyPrefixes;
  readonly #matches: (key: string) => boolean;

  constructor(client: S3Client, source: S3Source, surroundings: Surroundings, gate: RequestGate) {
    this.#gate = gate;
    this.#client = client;
    this.#source = source;
    this.#surroundings = surroundings;
    this.#prefixes = keyPrefixes(source.keyTemplate, source.environment);
    this.#matches = keyMatcher(source.keyTemplate, source.environment);
    this.place = placeOf(source);
  }

  labelOf(key: string): string {
    return `s3://${this.#source.bucket}/${key}`;
  }

  /** Everything, or the days that can have changed since the checkpoint. The last page tells the next checkpoint. */
  async *pages({ checkpoint, isFull, spans, signal }: ListRequest): AsyncGenerator<ListedPage> {
    if (spans !== undefined) {
      const prefixes = new Set(spans.flatMap((span) => this.#prefixes.within(span)));
      for (const prefix of prefixes) yield* this.#under(prefix, signal);
      return;
    }
    const nowMs = this.#surroundings.nowMs();
    const known = Checkpoint.safeParse(checkpoint).data;
    const since =
      isFull || known === undefined || nowMs - known.fullAtMs >= FULL_LISTING_EVERY_MS ? null : known;
    const days =
      since === null
        ? null
        : this.#prefixes.between(since.listedAtMs - OVERLAP_DAYS * DAY_MS, nowMs + DAY_MS);
    for (const prefix of days ?? [this.#prefixes.whole]) yield* this.#under(prefix, signal);
    const next = { listedAtMs: nowMs, fullAtMs: days === null ? nowMs : (since?.fullAtMs ?? nowMs) };
    yield { objects: [], ignored: 0, unreadable: [], checkpoint: next };
  }

  async *#under(prefix: string, signal: AbortSignal): AsyncGenerator<ListedPage> {
    let token: string | undefined;
    do {
      const answer = await this.#ask(prefix, token, signal);
      yield this.#pageOf(answer);
      token = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
      if (answer.IsTruncated === true && token === undefined)
        throw new SourceFault(
          'source-unreachable',
          `${this.place.host} cut its listing short; it is asked again later`,
        );
    } while (token !== undefined);
  }

  async #ask(
    prefix: string,
    token: string | undefined,
    signal: AbortSignal,
  ): Promise<ListObjectsV2CommandOutput> {
    const command = new ListObjectsV2Command({
      Bucket: this.#source.bucket,
      Prefix: prefix,
      EncodingType: 'url',
      ...(token === undefined ? {} : { ContinuationToken: token }),
    });
    try {
      return await withRetries(() => this.#client.send(command, { abortSignal: signal }), {
        judge: judgeS3,
        gate: this.#gate,
        surroundings: this.#surroundings,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw sourceFaultOf(error, this.place);
    }
  }

  #pageOf({ Contents = [], EncodingType }: ListObjectsV2CommandOutput): ListedPage {
    const objects: ListedObject[] = [];
    let ignored = 0;
    for (const { Key, Size = 0, ETag, LastModified } of Contents) {
      const key = EncodingType === 'url' ? decodedKey(Key ?? '') : (Key ?? '');
      if (key.endsWith('/') || !this.#matches(key)) continue; // the first are what consoles show as folders
      const format = formatOf(key, this.#source.format);
      if (format === undefined) ignored++;
      else {
        const version = versionOf(ETag, LastModified);
        objects.push({ key, label: this.labelOf(key), sizeBytes: Size, version, format });
      }
    }
    return { objects, ignored, unreadable: [] };
  }
}

const decodedKey = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));

function formatOf(key: string, given: string | null): ObjectFormat | undefined {
  return (
    objectFormatOf(key.slice(key.lastIndexOf('/') + 1)) ??
    (given === null ? undefined : objectFormatOf(`x.${given}`))
  );
}

function placeOf({ bucket, endpoint, region, credentials }: S3Source): S3Place {
  const host = endpoint === null ? `s3.${region ?? 'us-east-1'}.amazonaws.com` : new URL(endpoint).host;
  switch (credentials.kind) {
    case 'profile':
      return { bucket, host, credentials: `sign in again for the profile "${credentials.profile}"` };
    case 'keys':
      return { bucket, host, credentials: `"tidemark secrets set ${credentials.secret}"` };
    case 'anonymous':
      return { bucket, host, credentials: 'give the source a profile or keys instead of anonymous access' };
  }
}
