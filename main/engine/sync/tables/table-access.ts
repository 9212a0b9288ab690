import type { ObjectFormat } from '../formats/object-format.ts';
import type { FoundTable } from '../source-reader.ts';
import type { TableColumn } from './select-columns.ts';

/** Half-open, by the cursor; null: without end. */
export interface TableSpan {
  fromMs: number | null;
  toMs: number | null;
}

/** Which rows of a table: all, those whose cursor is no instant, or those of a span. */
export type TablePart = { kind: 'whole' } | { kind: 'undated' } | ({ kind: 'span' } & TableSpan);

export interface CountedRows {
  /** UTC day of the cursor, counted from 1970; null: the cursor is no instant. */
  day: number | null;
  /** null: rows have none. */
  eventType: string | null;
  rows: number;
  /** The newest cursor among them. */
  newestMs: number | null;
}

/** Rows on their way. */
export interface TableRows {
  stream: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  close: () => void;
}

/**
 * Contract: what a kind of database does for one table. Columns and filters of the source are the server's work; every
 * statement reads only, and ends by the source's limit. What is wrong with the source is a SourceFault, what may pass
 * an ObjectFault; both after the retries that make sense.
 */
export interface TableAccess {
  /** How messages call the table. */
  readonly label: string;
  /** What `read` delivers. */
  format: (signal: AbortSignal) => Promise<ObjectFormat>;
  /** By day and event type. */
  count: (part: TablePart, signal: AbortSignal) => Promise<CountedRows[]>;
  /** Changes when any row does; for tables without a cursor. */
  checksum: (signal: AbortSignal) => Promise<{ rows: number; checksum: string }>;
  /** In a fixed order, so that a stopped read can go on. */
  read: (part: TablePart, signal: AbortSignal) => Promise<TableRows>;
  /** Tables and views that the user may read, by name. */
  tables: (signal: AbortSignal) => Promise<FoundTable[]>;
  /** All columns that the user may read. */
  columns: (signal: AbortSignal) => Promise<TableColumn[]>;
  /** Any few rows, in the same format as `read`. */
  sample: (rows: number, signal: AbortSignal) => Promise<TableRows>;
  close: () => void;
}
