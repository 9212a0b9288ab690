import type { Schema } from 'apache-arrow';
import { Footer } from 'apache-arrow/ipc/metadata/file';
import { Message } from 'apache-arrow/ipc/metadata/message';
import { AppError } from '../../shared/errors.ts';
import { columnShapeOf } from './arrow-schema.ts';
import { FORMAT_VERSION, SEGMENT_KEYS, checksumsFromText, idsFromText } from './metadata.ts';
import { storedColumnOf } from './segment-layout.ts';
import type { StoredColumn } from './types.ts';

/** What a segment file says of itself, without a look at its values. */
export interface SegmentDescription {
  environment: string;
  dataset: string;
  day: string;
  eventType: string | null;
  revision: number;
  rows: number;
  /** With the checksums that the file keeps; files from before it did have none. */
  columns: StoredColumn[];
  /** Empty where it came beside what was there. */
  replaces: number[];
  writtenWith: number[];
}

/** Bytes [offset, offset + length) of the file. */
export type ReadBytes = (offset: number, length: number) => Uint8Array;

const TAIL_BYTES = 10; // length of the footer, magic
const PREFIX_BYTES = 8;

/** Reads the footer and the one batch header of a segment file; whatever does not fit is corrupt. */
export function describeSegment(sizeBytes: number, read: ReadBytes): SegmentDescription {
  const footer = Footer.decode(footerBytes(sizeBytes, read));
  const block = footer.getRecordBatch(0);
  if (block === null || footer.numRecordBatches !== 1)
    throw new AppError(
      'corrupt',
      `a segment holds one record batch; this one has ${footer.numRecordBatches}`,
    );
  const message = Message.decode(read(block.offset + PREFIX_BYTES, block.metaDataLength - PREFIX_BYTES));
  if (!message.isRecordBatch()) throw new AppError('corrupt', 'its one batch is not of records');
  const { length: rows, nodes, buffers } = message.header();
  const bodyOffset = block.offset + block.metaDataLength;
  if (bodyOffset + block.bodyLength > sizeBytes) throw new AppError('corrupt', 'its columns end behind it');
  const { schema } = footer;
  const checksums = checksumsFromText(schema.metadata.get(SEGMENT_KEYS.checksums) ?? '');
  const columns = schema.fields.map((field, index): StoredColumn => {
    const shape = columnShapeOf(field, nodes[index]?.nullCount ?? 0);
    const stored = storedColumnOf(shape, rows, bodyOffset, buffers.slice(index * 2));
    const crc32 = checksums[index];
    return crc32 === undefined ? stored : { ...stored, crc32 };
  });
  return { ...placeOf(schema), rows, columns };
}

function footerBytes(sizeBytes: number, read: ReadBytes): Uint8Array {
  const tail = Buffer.from(read(Math.max(0, sizeBytes - TAIL_BYTES), Math.min(TAIL_BYTES, sizeBytes)));
  const isArrow = tail.length === TAIL_BYTES && tail.toString('latin1', 4) === 'ARROW1';
  const length = isArrow ? tail.readInt32LE(0) : 0;
  if (length <= 0 || length > sizeBytes - TAIL_BYTES) throw new AppError('corrupt', 'it has no Arrow footer');
  return read(sizeBytes - TAIL_BYTES - length, length);
}

function placeOf({ metadata }: Schema): Omit<SegmentDescription, 'rows' | 'columns'> {
  const said = (key: string): string => {
    const value = metadata.get(key);
    if (value === undefined) throw new AppError('corrupt', `it does not say its ${key}`);
    return value;
  };
  const version = said(SEGMENT_KEYS.formatVersion);
  if (version !== String(FORMAT_VERSION))
    throw new AppError('protocol-mismatch', `its format is version ${version}, known is ${FORMAT_VERSION}`);
  return {
    environment: said(SEGMENT_KEYS.environment),
    dataset: said(SEGMENT_KEYS.dataset),
    day: said(SEGMENT_KEYS.day),
    eventType: metadata.get(SEGMENT_KEYS.eventType) ?? null,
    revision: Number(said(SEGMENT_KEYS.revision)),
    replaces: idsFromText(metadata.get(SEGMENT_KEYS.replaces)),
    writtenWith: idsFromText(metadata.get(SEGMENT_KEYS.writtenWith)),
  };
}
