import { type Data, type Field, tableFromIPC } from 'apache-arrow';
import { AppError } from '../../shared/errors.ts';
import { columnChecksum } from './column-checksum.ts';
import { ELEMENT_BYTES } from './elements.ts';
import { COLUMN_KEYS } from './metadata.ts';
import type { ElementType, StoredColumn, StoredKind } from './types.ts';

const KINDS: ReadonlySet<string> = new Set<StoredKind>(['code', 'number', 'boolean', 'raw', 'id16']);

/**
 * Where each column's buffers lie in a segment file, asked of Arrow's own reader: its arrays are views into the
 * bytes handed in, so their place in memory is their place in the file.
 */
export function locateColumns(file: Uint8Array): StoredColumn[] {
  const table = tableFromIPC(file);
  const batch = table.batches[0];
  if (batch === undefined || table.batches.length !== 1) {
    throw new AppError('corrupt', `a segment holds one record batch; this one has ${table.batches.length}`);
  }
  return table.schema.fields.map((field, index) => {
    const data = batch.data.children[index];
    if (data === undefined) throw new AppError('corrupt', `segment column "${field.name}" has no data`);
    return storedColumnOf(file, field, data);
  });
}

function storedColumnOf(file: Uint8Array, field: Field, data: Data): StoredColumn {
  const element = elementOf(field);
  const dictionary = field.metadata.get(COLUMN_KEYS.dictionary);
  const hasValidity = data.nullCount > 0;
  const values = bytesAt(
    file,
    offsetIn(file, data.values as Uint8Array),
    data.length * ELEMENT_BYTES[element],
  );
  const validity = hasValidity
    ? bytesAt(file, offsetIn(file, data.nullBitmap), Math.ceil(data.length / 8))
    : null;
  return {
    name: field.name,
    kind: kindOf(field),
    element,
    offset: values.byteOffset - file.byteOffset,
    lengthBytes: values.length,
    ...(validity === null
      ? {}
      : { validityOffset: validity.byteOffset - file.byteOffset, validityBytes: validity.length }),
    crc32: columnChecksum(values, validity),
    ...(dictionary === undefined ? {} : { dictionary }),
  };
}

const bytesAt = (file: Uint8Array, offset: number, sizeBytes: number): Uint8Array =>
  file.subarray(offset, offset + sizeBytes);

function offsetIn(file: Uint8Array, part: Uint8Array): number {
  if (part.buffer !== file.buffer)
    throw new AppError('internal', 'Arrow copied a buffer instead of viewing it');
  return part.byteOffset - file.byteOffset;
}

function kindOf(field: Field): StoredKind {
  const kind = field.metadata.get(COLUMN_KEYS.kind) ?? '';
  if (!KINDS.has(kind)) throw new AppError('corrupt', `segment column "${field.name}" has no kind`);
  return kind as StoredKind;
}

const ELEMENT_BY_ARROW_TYPE: Readonly<Record<string, ElementType>> = {
  Uint8: 'uint8',
  Uint16: 'uint16',
  Int32: 'int32',
  Float64: 'float64',
  'FixedSizeBinary[16]': 'id16',
};

function elementOf(field: Field): ElementType {
  const element = ELEMENT_BY_ARROW_TYPE[String(field.type)];
  if (element === undefined) {
    throw new AppError('corrupt', `segment column "${field.name}" has the type ${String(field.type)}`);
  }
  return element;
}
