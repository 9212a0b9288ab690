import { crc32 } from 'node:zlib';
import {
  type Data,
  Field,
  FixedSizeBinary,
  Float64,
  Int32,
  RecordBatch,
  RecordBatchFileWriter,
  Schema,
  Struct,
  Uint16,
  Uint8,
  makeData,
} from 'apache-arrow';
import type { ColumnValues } from './elements.ts';
import { locateColumns } from './locate-columns.ts';
import { COLUMN_KEYS, FORMAT_VERSION, SEGMENT_KEYS } from './metadata.ts';
import type { ElementType, StoredColumn, StoredKind } from './types.ts';

export interface SegmentColumnInput {
  name: string;
  kind: StoredKind;
  element: ElementType;
  /** Exactly one element per row (16 bytes per row for `id16`). */
  values: ColumnValues;
  /** Arrow bitmap, least significant bit first, 1 = present; absent: every row is present. */
  validity?: Uint8Array;
  dictionary?: string;
}

export interface SegmentInput {
  environment: string;
  dataset: string;
  day: string;
  eventType: string | null;
  revision: number;
  rows: number;
  columns: readonly SegmentColumnInput[];
}

export interface EncodedSegment {
  /** The whole file. */
  bytes: Uint8Array;
  crc32: number;
  columns: StoredColumn[];
}

/** One record batch of plain columns as an Arrow IPC file, with every buffer's place in it. */
export function encodeSegment(input: SegmentInput): EncodedSegment {
  const fields = input.columns.map(fieldOf);
  const schema = new Schema(fields, metadataOf(input));
  const children = input.columns.map((column) => dataOf(column, input.rows));
  const struct = makeData({ type: new Struct(fields), length: input.rows, nullCount: 0, children });
  const writer = new RecordBatchFileWriter();
  writer.write(new RecordBatch(schema, struct));
  writer.finish();
  const bytes = writer.toUint8Array(true);
  return { bytes, crc32: crc32(bytes), columns: locateColumns(bytes) };
}

function metadataOf(input: SegmentInput): Map<string, string> {
  return new Map([
    [SEGMENT_KEYS.formatVersion, String(FORMAT_VERSION)],
    [SEGMENT_KEYS.environment, input.environment],
    [SEGMENT_KEYS.dataset, input.dataset],
    [SEGMENT_KEYS.day, input.day],
    ...(input.eventType === null ? [] : ([[SEGMENT_KEYS.eventType, input.eventType]] as const)),
    [SEGMENT_KEYS.revision, String(input.revision)],
  ]);
}

function fieldOf(column: SegmentColumnInput): Field {
  const metadata = new Map<string, string>([[COLUMN_KEYS.kind, column.kind]]);
  if (column.dictionary !== undefined) metadata.set(COLUMN_KEYS.dictionary, column.dictionary);
  return new Field(column.name, arrowTypeOf(column.element), column.validity !== undefined, metadata);
}

function arrowTypeOf(element: ElementType): Uint8 | Uint16 | Int32 | Float64 | FixedSizeBinary {
  switch (element) {
    case 'uint8':
      return new Uint8();
    case 'uint16':
      return new Uint16();
    case 'int32':
      return new Int32();
    case 'float64':
      return new Float64();
    case 'id16':
      return new FixedSizeBinary(16);
  }
}

function dataOf(column: SegmentColumnInput, rows: number): Data {
  const { validity } = column;
  const nulls =
    validity === undefined ? {} : { nullBitmap: validity, nullCount: countMissing(validity, rows) };
  return makeData({
    type: arrowTypeOf(column.element),
    length: rows,
    data: column.values,
    ...nulls,
  } as never);
}

function countMissing(validity: Uint8Array, rows: number): number {
  let present = 0;
  for (let row = 0; row < rows; row++) present += ((validity[row >> 3] ?? 0) >> (row & 7)) & 1;
  return rows - present;
}
