export const MAX_ROW_BYTES = 8 * 1024 * 1024; // DATA §1: the longest line*

export interface SplitterEvents {
  /** One row as bytes[start, end), without surrounding blanks. The bytes are only lent. */
  onRow: (bytes: Uint8Array, start: number, end: number) => void;
  /** A row over MAX_ROW_BYTES was skipped. */
  onTooLong: () => void;
  /**
   * Offered where a line begins, before its end is known: takes the whole line and says where the next one begins, or
   * declines with −1; the line then comes by `onRow`. Saves the search for the end of every line.
   */
  takeLine?: (bytes: Uint8Array, start: number, end: number) => number;
}

/** Contract: takes the bytes of an object in any chunks and delivers the same rows whatever the chunks. */
export interface RowSplitter {
  push: (chunk: Uint8Array) => void;
  /** The object ended well: delivers what is left. Throws ObjectFault where its end makes no sense. */
  finish: () => void;
}
