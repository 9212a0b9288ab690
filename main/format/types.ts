/**
 * A segment: one immutable Arrow IPC file, uncompressed, one record batch, of one UTC day, sorted by (user shard,
 * user, time). It holds one event type, or — for types too rare on that day to earn a file — several with an `event`
 * column. Readers take column buffers by offset from the catalogue; any Arrow reader can open the file.
 */

export type ElementType = 'uint8' | 'uint16' | 'int32' | 'float32' | 'float64' | 'id16';

/**
 * code: dictionary code, 0 = missing, value index = code − 1 · number: with a validity bitmap, in the smallest element
 * that holds every value exactly; readers get it as int32 or float64 · boolean: 0 missing, 1 false, 2 true · raw: an
 * integer that is always there · id16: 16 bytes per row.
 */
export type StoredKind = 'code' | 'number' | 'boolean' | 'raw' | 'id16';

export interface StoredColumn {
  /**
   * Reserved: `ms` (int32 within the UTC day), `hour` (uint8), `late` (a number: received_at − ts in ms; missing in
   * rows that do not say), `user` and `session` (codes), `object` (ledger id, as narrow as it can be), `id` (id16),
   * `event` (code; shared files only). Other event columns keep their name (`locale`, …). Properties: `p.<name>`: codes
   * of their text, or booleans, or numbers; a property that is a number in some rows and something else in others has
   * `p.<name>` (codes of the text of every value) and `n.<name>` (the numbers). A column that no row has is absent,
   * except `user` and `session`.
   */
  name: string;
  kind: StoredKind;
  element: ElementType;
  /** Bytes from the start of the file. */
  offset: number;
  lengthBytes: number;
  /** Arrow validity bitmap, 1 = present; absent: every row is present. */
  validityOffset?: number;
  validityBytes?: number;
  /** Of the values, then the validity bitmap; absent in files of before it was kept. */
  crc32?: number;
  /** Of codes: the dictionary's column name in the catalogue (`user_id`, `locale`, `p.state`, …). */
  dictionary?: string;
}

export interface SegmentRow {
  segmentId: number;
  environment: string;
  dataset: string;
  /** UTC day, `2026-11-19`. */
  day: string;
  /** null: shared by several event types, told apart by the `event` column (dictionary `event_type`). */
  eventType: string | null;
  /** Event types that occur, with their row counts. */
  eventRows: Record<string, number>;
  /** Path relative to the data folder. */
  file: string;
  rows: number;
  minTsMs: number;
  maxTsMs: number;
  sizeBytes: number;
  crc32: number;
  /** Row index at which each shard begins, plus the row count: shards + 1 entries. */
  shardStarts: Int32Array;
  columns: StoredColumn[];
  createdRevision: number;
}
