import { MetadataVersion, Schema } from 'apache-arrow';
import { FileBlock, Footer } from 'apache-arrow/ipc/metadata/file';
import { BufferRegion, FieldNode, Message, RecordBatch } from 'apache-arrow/ipc/metadata/message';
import { type ColumnShape, type SegmentShape, schemaOf } from './arrow-schema.ts';
import { ELEMENT_BYTES } from './elements.ts';
import { SEGMENT_KEYS, checksumsToText } from './metadata.ts';
import type { StoredColumn } from './types.ts';

/**
 * Where everything of a segment file will lie, known before a single value is: `head`, then the buffers of each column
 * (validity bitmap if any, values) each padded to a multiple of 8, then `foot`. So a file of any size can be written
 * from front to back in little memory.
 */
export interface SegmentLayout {
  head: Uint8Array;
  /** Without checksums. */
  columns: StoredColumn[];
  /** Ends the file; the checksums of the columns stand in it. */
  foot: (checksums: readonly number[]) => Uint8Array;
}

const MAGIC = Buffer.from('ARROW1');
const MAGIC_BYTES = 8; // padded
const CONTINUES = -1;
const PREFIX_BYTES = 8; // of a message: continuation mark and length

export const paddedTo8 = (sizeBytes: number): number => Math.ceil(sizeBytes / 8) * 8;
export const bitmapBytes = (rows: number): number => Math.ceil(rows / 8);

export function layoutOf(shape: SegmentShape): SegmentLayout {
  const schema = schemaOf(shape);
  const schemaMessage = framed(Message.encode(Message.from(schema)));
  const batch = batchOf(shape);
  const batchOffset = MAGIC_BYTES + schemaMessage.length;
  const bodyOffset = batchOffset + batch.message.length;
  const head = Buffer.concat([MAGIC, Buffer.alloc(MAGIC_BYTES - MAGIC.length), schemaMessage, batch.message]);
  const block = new FileBlock(batch.message.length, batch.bodyBytes, batchOffset);
  return {
    head,
    columns: shape.columns.map((column, index) =>
      storedColumnOf(column, shape.rows, bodyOffset, batch.regions.slice(index * 2)),
    ),
    foot: (checksums) => footOf(schema, block, checksums),
  };
}

function batchOf({ columns, rows }: SegmentShape) {
  const regions: BufferRegion[] = [];
  let bodyBytes = 0;
  const place = (sizeBytes: number): void => {
    regions.push(new BufferRegion(bodyBytes, sizeBytes));
    bodyBytes += paddedTo8(sizeBytes);
  };
  for (const { missing, element } of columns) {
    place(missing === 0 ? 0 : bitmapBytes(rows));
    place(rows * ELEMENT_BYTES[element]);
  }
  const nodes = columns.map(({ missing }) => new FieldNode(rows, missing));
  const header = new RecordBatch(rows, nodes, regions, null);
  return { message: framed(Message.encode(Message.from(header, bodyBytes))), regions, bodyBytes };
}

function framed(message: Uint8Array): Buffer {
  const bytes = Buffer.alloc(paddedTo8(PREFIX_BYTES + message.length));
  bytes.writeInt32LE(CONTINUES, 0);
  bytes.writeInt32LE(bytes.length - PREFIX_BYTES, PREFIX_BYTES / 2);
  bytes.set(message, PREFIX_BYTES);
  return bytes;
}

function footOf(schema: Schema, block: FileBlock, checksums: readonly number[]): Uint8Array {
  const metadata = new Map(schema.metadata).set(SEGMENT_KEYS.checksums, checksumsToText(checksums));
  const footer = Footer.encode(
    new Footer(new Schema(schema.fields, metadata), MetadataVersion.V5, [block], []),
  );
  const bytes = Buffer.alloc(PREFIX_BYTES + footer.length + 4 + MAGIC.length);
  bytes.writeInt32LE(CONTINUES, 0); // ends the stream within the file: a message of length 0
  bytes.set(footer, PREFIX_BYTES);
  bytes.writeInt32LE(footer.length, PREFIX_BYTES + footer.length);
  bytes.set(MAGIC, PREFIX_BYTES + footer.length + 4);
  return bytes;
}

/** Where a column lies in a file whose body begins at `bodyOffset`: its regions are validity, then values. */
export function storedColumnOf(
  { name, kind, element, missing, dictionary }: ColumnShape,
  rows: number,
  bodyOffset: number,
  [validity, values]: readonly { offset: number }[],
): StoredColumn {
  return {
    name,
    kind,
    element,
    offset: bodyOffset + (values?.offset ?? 0),
    lengthBytes: rows * ELEMENT_BYTES[element],
    ...(missing === 0
      ? {}
      : { validityOffset: bodyOffset + (validity?.offset ?? 0), validityBytes: bitmapBytes(rows) }),
    ...(dictionary === undefined ? {} : { dictionary }),
  };
}

/** Where the buffers of a layout end and its foot begins. */
export function bodyEndOf({ head, columns }: SegmentLayout): number {
  const last = columns.at(-1);
  return last === undefined ? head.length : last.offset + paddedTo8(last.lengthBytes);
}
