/** Some rows of an object that lies in columns; values as JSON would have them. */
export interface ColumnarBatch {
  rows: number;
  columns: readonly BatchColumn[];
}

export interface BatchColumn {
  name: string;
  /** undefined or null: the row has none. */
  at: (row: number) => unknown;
  /** The same in UTF-8, where every value is a text whose bytes are at hand. */
  textAt?: ((row: number) => Uint8Array | null) | undefined;
  /** The same in whole ms since 1970, where every value is an instant. */
  instantAt?: ((row: number) => number | null) | undefined;
}

/** Whether a field is to be decoded; names from the top down. Asked for leaves: lists and maps count as one. */
export type Wants = (path: readonly string[]) => boolean;

/** Rows that are decoded between two looks at the batch limit. */
export const STEP_ROWS = 1 << 13;

const LARGEST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/** A whole number as a number where it fits exactly, else as its digits. */
export const plainInteger = (value: bigint): number | string =>
  value <= LARGEST_EXACT && value >= -LARGEST_EXACT ? Number(value) : String(value);

/** A missing value in the guise of a number, as data frames write it, is a missing value. */
export const plainNumber = (value: number): number | null => (Number.isNaN(value) ? null : value);

/** From here on a year has five digits. */
export const LATEST_YEAR_MS = Date.UTC(10_000, 0, 1);
const LATEST_MS = 8.64e15; // beyond, JavaScript knows no dates

/** ISO 8601 in UTC: a time without a zone counts as UTC. */
export const plainInstant = (ms: number): string | number =>
  Math.abs(ms) <= LATEST_MS ? new Date(ms).toISOString() : ms;

export const plainDate = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);

export const plainUuid = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export const plainText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
