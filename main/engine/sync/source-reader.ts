import type { JsonValue } from '../../../shared/errors.ts';
import type { ObjectFormat } from './formats/object-format.ts';
import type { TimeSpan } from './time-span.ts';

/** An object as a source lists it: a file, an object of a bucket, one pull of a table. */
export interface ListedObject {
  /** Names it within its source; the ledger's key. */
  key: string;
  /** How messages call it. */
  label: string;
  sizeBytes: number;
  /** Changes when its rows may have changed (modification time, ETag, counts of a day). */
  version: string;
  format: ObjectFormat;
  /** How many rows it holds, where the source says so: with fewer it did not arrive whole. */
  rows?: number;
  /** It also takes the place of the objects whose keys begin so. */
  replacesPrefix?: string;
}

export interface ListedPage {
  /** In the order in which they are to be read. */
  objects: ListedObject[];
  /** Objects whose name says that they hold no rows. */
  ignored: number;
  /** Places below that could not be listed. */
  unreadable: string[];
  /** Where the next listing may begin once every object up to here is committed; absent: no change. */
  checkpoint?: JsonValue;
}

export interface ListRequest {
  /** What the last page of an earlier listing gave; null: there was none. */
  checkpoint: JsonValue;
  /** Everything, not only what may have changed since the checkpoint. */
  isFull: boolean;
  /**
   * Only what may have arrived in one of these spans, by what keys or rows say of their time; absent: no such limit.
   * Such a listing gives no checkpoint.
   */
  spans?: readonly TimeSpan[];
  signal: AbortSignal;
}

/** One version of an object, open for reading: its bytes as they are stored. */
export interface OpenedObject {
  /** Of what was opened, which may be newer than what was listed. */
  sizeBytes: number;
  version: string;
  /** Its bytes are made anew at every opening: whatever is wrong with them may pass. */
  isMadeAnew?: boolean;
  /** All bytes at once where they are few and at hand; null: `stream` them. */
  whole: () => Uint8Array | null;
  /** From the start; throws ObjectFault after delivering what was readable. */
  stream: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** The bytes [start, end), for formats that are not read in order. */
  slice: (start: number, end: number, signal: AbortSignal) => Promise<Uint8Array>;
  close: () => void;
}

/** A table or view of a database. */
export interface FoundTable {
  /** null: the database has no schemas. */
  schema: string | null;
  name: string;
  kind: 'table' | 'view';
  /** About; null: not known without counting. */
  rows: number | null;
}

/** A day that is over, as the source counts it. */
export interface CountedDay {
  /** As objects of the ledger are called that hold whole days. */
  key: string;
  /** Rows by event type. */
  types: ReadonlyMap<string, number>;
}

export interface CountedDays {
  /** Days before it are not counted any more: the source forgets them; null: all are. */
  sinceMs: number | null;
  days: CountedDay[];
}

/** What a source answers when it is asked whether it works. */
export interface SourceCheck {
  /** The first objects that a sync would read, by their label. */
  examples: string[];
}

/**
 * Contract: what a kind of source provides; everything behind it (ledger, decode, scrub, rules, commit) is the same
 * for all. `list` says what there is, without opening any of it; `open` brings the bytes of one object; a page's
 * `checkpoint` is stored in the same transaction as the last rows that it covers. Faults of the whole source are
 * thrown as AppError with a next step in their words; faults of one object as ObjectFault, retryable if the same
 * version may be readable later. Whoever made the reader closes it.
 */
export interface SourceReader {
  /** How many objects may be opened ahead of their turn, and how large ones; 0: each when its turn comes. */
  readonly openAhead: { objects: number; wholeBytes: number };
  list: (request: ListRequest) => AsyncIterable<ListedPage>;
  /** One object as a listing would show it now; null: it is gone. */
  find: (key: string, signal: AbortSignal) => Promise<ListedObject | null>;
  open: (object: ListedObject, signal: AbortSignal) => Promise<OpenedObject>;
  check: (signal: AbortSignal) => Promise<SourceCheck>;
  /** The time that a key says its rows are of; null: it says none. Absent: no key of this kind does. */
  spanOf?: ((key: string) => TimeSpan | null) | undefined;
  /** Whether an object stands for rows of a time that is not over, and gives way to another then: it is not compared. */
  isProvisional?: (key: string) => boolean;
  /** Rows of all days that are over, counted by the source itself; null: it has no days. Of databases. */
  countDays?: (signal: AbortSignal) => Promise<CountedDays | null>;
  /** Rows by event type that were taken of a day of this version; null: that is not known. */
  typesIn?: (version: string) => ReadonlyMap<string, number> | null;
  /** What else could be read with the same access; of databases. */
  tables?: (signal: AbortSignal) => Promise<FoundTable[]>;
  /** What is in the table, as the database describes it. */
  columns?: (signal: AbortSignal) => Promise<{ name: string; type: string }[]>;
  /** Any few rows, where that is cheaper than to list. */
  sample?: (rows: number, signal: AbortSignal) => Promise<{ opened: OpenedObject; format: ObjectFormat }>;
  close: () => void;
}
