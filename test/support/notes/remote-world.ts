import { AppError } from '../../../shared/errors.ts';
import type {
  AppendResult,
  NotesRemote,
  RemoteEntry,
  RemoteObject,
} from '../../../main/engine/annotations/notes-remote.ts';
import type { SmallRandom } from './small-random.ts';

/** What goes wrong in one sync. */
export interface Trouble {
  /** unreachable: nothing works · lost-answer: what was sent is stored, and the sender does not learn it ·
   *  broken-send: some entries are stored, then the line breaks · broken-list: the listing ends in the middle ·
   *  failed-reads: some objects cannot be read this time */
  fault: 'none' | 'unreachable' | 'lost-answer' | 'broken-send' | 'broken-list' | 'failed-reads';
  /** Objects that this reader does not see yet. */
  isDelayed: boolean;
  random: SmallRandom;
}

interface Stored {
  key: string;
  device: string;
  sequence: number;
  content: Uint8Array;
}

const OVERLAP = 3; // objects that a listing repeats before its cursor
const PAGE_OBJECTS = 4;

/**
 * A source in memory that only ever gets more. `whole` lists everything in any order and may leave out what is delayed
 * (folder, S3); `arrival` goes by order of arrival with overlap (tables), where only the newest can be delayed.
 */
export class RemoteWorld {
  readonly mode: 'whole' | 'arrival';
  readonly objects: Stored[] = [];

  constructor(mode: 'whole' | 'arrival') {
    this.mode = mode;
  }

  put(key: string, content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.objects.push({ key, device: 'stranger', sequence: 0, content: bytes });
  }

  holds(opId: string): boolean {
    return this.objects.some(({ key }) => key.endsWith(`-${opId}`));
  }

  open(device: string, trouble: Trouble): NotesRemote {
    return {
      list: (cursor) => this.#list(device, cursor, trouble),
      read: ({ key }) => this.#read(key, trouble),
      append: (entries) => this.#append(device, entries, trouble),
      mayAppend: () => Promise.resolve(null),
      close: () => Promise.resolve(),
    };
  }

  async *#list(device: string, cursor: string | null, { fault, isDelayed, random }: Trouble) {
    await Promise.resolve();
    if (fault === 'unreachable') throw unreachable();
    const from = this.mode === 'whole' ? 0 : Math.max(0, Number(cursor ?? 0) - OVERLAP);
    const end =
      isDelayed && this.mode === 'arrival' ? from + random.below(this.objects.length - from + 1) : undefined;
    const seen = this.objects
      .slice(from, end)
      .filter(() => !(isDelayed && this.mode === 'whole' && random.below(3) === 0));
    const twice = random.below(4) === 0 ? [...seen, ...seen.filter(() => random.below(2) === 0)] : seen;
    const shown = random.shuffled(twice);
    const next = this.mode === 'whole' ? null : String(from + seen.length);
    for (let at = 0; at < shown.length; at += PAGE_OBJECTS) {
      if (fault === 'broken-list' && random.below(2) === 0) throw unreachable();
      const objects = shown.slice(at, at + PAGE_OBJECTS).map((object) => listed(object, device, this.mode));
      const isLast = at + PAGE_OBJECTS >= shown.length;
      yield { objects, cursor: isLast ? next : cursor };
    }
  }

  async #read(key: string, { fault, random }: Trouble): Promise<Uint8Array> {
    await Promise.resolve();
    if (fault === 'failed-reads' && random.below(2) === 0)
      throw new AppError('not-readable', `${key} cannot be read`);
    const found = this.objects.find((object) => object.key === key);
    if (found === undefined) throw new AppError('not-found', `${key} is gone`);
    return found.content;
  }

  async #append(
    device: string,
    entries: readonly RemoteEntry[],
    { fault, random }: Trouble,
  ): Promise<AppendResult[]> {
    await Promise.resolve();
    const stored = fault === 'broken-send' ? entries.slice(0, random.below(entries.length + 1)) : entries;
    const results = stored.map((entry) => this.#store(device, entry));
    if (fault === 'lost-answer' || fault === 'broken-send') throw unreachable();
    return results;
  }

  #store(device: string, { sequence, operation, text }: RemoteEntry): AppendResult {
    const key = `${device}/${sequence}-${operation.op_id}`;
    const known = this.objects.find(
      (one) => one.device === device && one.key.endsWith(`-${operation.op_id}`),
    );
    const content = new TextEncoder().encode(text);
    if (known === undefined) this.objects.push({ key, device, sequence, content });
    const object = known ?? { key, content };
    const holdsPayload = !new TextDecoder().decode(object.content).includes('"redacted":true');
    return { isStored: true, key: object.key, version: '1', sizeBytes: object.content.length, holdsPayload };
  }
}

function listed(object: Stored, device: string, mode: RemoteWorld['mode']): RemoteObject {
  const { key, sequence, content } = object;
  return {
    key,
    version: '1',
    sizeBytes: content.length,
    ownSequence: object.device === device ? sequence : null,
    ...(mode === 'arrival' && sequence % 2 === 0 ? { content } : {}),
  };
}

const unreachable = (): AppError => new AppError('source-unreachable', 'the source does not answer');
