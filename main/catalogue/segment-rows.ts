import type { SegmentRow, StoredColumn } from '../format/types.ts';

/** A row of `segments` as SQLite holds it. */
export interface StoredSegment {
  segmentId: number;
  environment: string;
  dataset: string;
  day: string;
  eventType: string | null;
  /** JSON. */
  eventRows: string;
  file: string;
  rows: number;
  minTsMs: number;
  maxTsMs: number;
  sizeBytes: number;
  crc32: number;
  /** Little-endian int32. */
  shardStarts: Uint8Array;
  /** JSON. */
  columns: string;
  createdRevision: number;
}

export const SEGMENT_COLUMNS = `segment_id AS segmentId, environment, dataset, day, event_type AS eventType,
  event_rows AS eventRows, file, rows, min_ts_ms AS minTsMs, max_ts_ms AS maxTsMs, size_bytes AS sizeBytes, crc32,
  shard_starts AS shardStarts, columns, created_revision AS createdRevision`;

export function segmentRowOf(stored: StoredSegment): SegmentRow {
  return {
    ...stored,
    eventRows: JSON.parse(stored.eventRows) as Record<string, number>,
    shardStarts: new Int32Array(stored.shardStarts.slice().buffer),
    columns: JSON.parse(stored.columns) as StoredColumn[],
  };
}

export function storedSegmentOf(row: SegmentRow): StoredSegment {
  const { buffer, byteOffset, byteLength } = row.shardStarts;
  return {
    ...row,
    eventRows: JSON.stringify(row.eventRows),
    shardStarts: new Uint8Array(buffer, byteOffset, byteLength),
    columns: JSON.stringify(row.columns),
  };
}
