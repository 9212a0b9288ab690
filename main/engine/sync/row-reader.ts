import type { PendingObject } from '../store/pending.ts';
import type { JsonObject } from './event-decoder.ts';
import type { QuarantineReason } from './quarantine-reasons.ts';

/**
 * Contract: takes the rows of one source, one after the other, into what the next commit writes. Every row ends as
 * pending, in quarantine or counted as refused by deletion; none is dropped silently. `position` is 1-based within the object.
 */
export interface RowReader {
  /** Whether a field may be decoded at all: columns that nobody wants are not. */
  wants: (path: readonly string[]) => boolean;
  /** Whether rows are had faster as JSON than as objects. */
  takesBytes: boolean;
  /** Takes a JSON row that fills a line from `start` on and says where the next line begins; −1: declined. */
  takeLine?: (
    bytes: Uint8Array,
    start: number,
    end: number,
    object: PendingObject,
    position: number,
  ) => number;
  json: (bytes: Uint8Array, start: number, end: number, object: PendingObject, position: number) => void;
  row: (row: JsonObject, object: PendingObject, position: number) => void;
  unreadable: (reason: QuarantineReason, object: PendingObject, position: number) => void;
}
