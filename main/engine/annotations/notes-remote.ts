import type { Operation } from '../../../shared/annotations/operation.ts';
import type { AppError } from '../../../shared/errors.ts';

/** One operation where it lies in a source: an object, a file or a row. */
export interface RemoteObject {
  /** Its place in the source, for ever the same. */
  key: string;
  /** Changes when the content does: ETag, modification time; of an append-only row any constant. */
  version: string;
  sizeBytes: number;
  /** Its number among the objects of this device; null: another device's, or a source without numbers. */
  ownSequence: number | null;
  /** Where the listing brings the content along; else `read` fetches it. */
  content?: Uint8Array;
}

export interface RemotePage {
  objects: RemoteObject[];
  /** Given to the next `list` once everything up to here is stored. */
  cursor: string | null;
}

export interface RemoteEntry {
  /** Position in this device's queue; part of the name of an object. */
  sequence: number;
  operation: Operation;
  /** What to store. */
  text: string;
}

export type AppendResult =
  | {
      isStored: true;
      key: string;
      version: string;
      sizeBytes: number;
      /** The copy there holds a payload. */ holdsPayload: boolean;
    }
  | { isStored: false; refusal: AppError };

/**
 * Contract: a source that keeps operations and only ever gets more of them.
 *
 * `list` yields, in any order and as often as it likes, at least every object that came after `cursor`; with null
 * everything. "After" means arrival at the source, with overlap, never clocks and never sequences alone: a device
 * that was offline for a week writes old clocks, and one restored from a backup writes old sequences. Every day the
 * caller lists with null, so that whatever slipped past a cursor is found.
 * `read` gives the bytes as they lie there, and may stop beyond MAX_OPERATION_BYTES.
 * `append` stores each entry durably or not at all, never overwrites another operation, and is idempotent by `op_id`:
 * after a crash the same entries come again. An operation of the same id and another content, which somebody else put
 * there, is not that entry and must not keep it away. One result per entry, in order; an entry that this source will never take is
 * refused by itself. Where nothing is known of the outcome it throws, and everything is tried again.
 * All throw AppError; `source-unreachable` and everything else that may pass is tried again later.
 */
export interface NotesRemote {
  list(cursor: string | null, signal: AbortSignal): AsyncIterable<RemotePage>;
  read(object: Pick<RemoteObject, 'key'>, signal: AbortSignal): Promise<Uint8Array>;
  append(entries: readonly RemoteEntry[], signal: AbortSignal): Promise<AppendResult[]>;
  /** Whether notes could be written there, found out without writing one. null: only writing tells. */
  mayAppend(signal: AbortSignal): Promise<boolean | null>;
  close(): Promise<void>;
}
