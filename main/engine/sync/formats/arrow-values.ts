import {
  type Data,
  DataType,
  DateUnit,
  type Field,
  MapRow,
  StructRow,
  type TimeUnit,
  type Timestamp,
  Vector,
} from 'apache-arrow';
import type { BatchColumn, Wants } from './columnar-batch.ts';
import {
  plainDate,
  plainInstant,
  plainInteger,
  plainNumber,
  plainText,
  plainUuid,
} from './columnar-batch.ts';

type ValueReader = BatchColumn['at'];
/** How the values of a column are had. */
export type ColumnReader = Omit<BatchColumn, 'name'>;

const DAY_MS = 86_400_000;
const UUID_BYTES = 16;

/** How the values of a column are had; null where neither it nor a field below is wanted. */
export function arrowColumnReader(
  field: Field,
  data: Data,
  path: readonly string[],
  wants: Wants,
): ColumnReader | null {
  const at = arrowValueReader(field, data, path, wants);
  if (at === null) return null;
  const type: DataType = data.type;
  const isThere = (row: number): boolean => data.nullCount === 0 || data.getValid(row);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) {
    const bytesAt = textBytesReader(data);
    return { at, textAt: (row) => (isThere(row) ? bytesAt(row) : null) };
  }
  if (DataType.isTimestamp(type)) {
    const msAt = msReader(data, type);
    return { at, instantAt: (row) => (isThere(row) ? msAt(row) : null) };
  }
  return { at };
}

/** How the values of a field are had as JSON would have them; null where neither it nor a field below is wanted. */
function arrowValueReader(
  field: Field,
  data: Data,
  path: readonly string[],
  wants: Wants,
): ValueReader | null {
  if (DataType.isStruct(field.type)) return structReader(field, data, path, wants);
  return wants(path) ? present(data, valueReader(data)) : null;
}

function structReader(field: Field, data: Data, path: readonly string[], wants: Wants): ValueReader | null {
  const { children } = field.type as { children: Field[] };
  const inner = children.flatMap((child, index) => {
    const childData = data.children[index] as Data | undefined;
    const at =
      childData === undefined ? null : arrowValueReader(child, childData, [...path, child.name], wants);
    return at === null ? [] : [{ name: child.name, at }];
  });
  if (inner.length === 0) return null;
  return present(data, (row) => {
    const value: Record<string, unknown> = {};
    for (const { name, at } of inner) value[name] = at(row);
    return value;
  });
}

const present = (data: Data, at: ValueReader): ValueReader =>
  data.nullCount === 0 ? at : (row) => (data.getValid(row) ? at(row) : null);

/** The usual types straight from their buffers; the library's own way is many times slower per value. */
function valueReader(data: Data): ValueReader {
  const type: DataType = data.type;
  if (DataType.isDictionary(type)) return dictionaryReader(data);
  if (DataType.isUtf8(type) || DataType.isLargeUtf8(type)) return textReader(data);
  if (DataType.isTimestamp(type)) return instantReader(data, type);
  if (DataType.isInt(type) || DataType.isFloat(type)) {
    const values: unknown = data.values;
    if (values instanceof BigInt64Array || values instanceof BigUint64Array)
      return (row) => plainInteger(values[row] ?? 0n);
    if (!(values instanceof Uint16Array && DataType.isFloat(type)))
      return (row) => plainNumber((values as ArrayLike<number>)[row] ?? 0);
  }
  return generalReader(data);
}

function textReader(data: Data): ValueReader {
  const bytesAt = textBytesReader(data);
  return (row) => plainText(bytesAt(row));
}

function textBytesReader({ values, valueOffsets }: Data): (row: number) => Uint8Array {
  const bytes = values as Uint8Array;
  const offsets = valueOffsets as Int32Array | BigInt64Array;
  return (row) => bytes.subarray(Number(offsets[row]), Number(offsets[row + 1]));
}

/** Each value of a dictionary is made once, however many rows have it. */
function dictionaryReader(data: Data): ValueReader {
  const keys = data.values as ArrayLike<number | bigint>;
  const dictionary = data.dictionary;
  const made: unknown[] = [];
  return (row) => {
    const key = Number(keys[row]);
    return (made[key] ??= plainValue(dictionary?.type as DataType | undefined, dictionary?.get(key)));
  };
}

/** Units in one millisecond, or milliseconds in one unit. */
const MS_BY_UNIT: Readonly<Record<TimeUnit, number>> = { 0: 1e3, 1: 1, 2: 1e-3, 3: 1e-6 };

function instantReader(data: Data, type: Timestamp): ValueReader {
  const msAt = msReader(data, type);
  return (row) => plainInstant(msAt(row));
}

function msReader({ values }: Data, { unit }: Timestamp): (row: number) => number {
  const units = values as BigInt64Array;
  const perMs = BigInt(Math.max(1, Math.round(1 / MS_BY_UNIT[unit])));
  const msPer = Math.max(1, MS_BY_UNIT[unit]);
  return (row) => Number((units[row] ?? 0n) / perMs) * msPer;
}

function generalReader(data: Data): ValueReader {
  const vector = new Vector([data]);
  return (row) => plainValue(data.type, vector.get(row));
}

function plainValue(type: DataType | undefined, value: unknown): unknown {
  if (value === null || value === undefined || type === undefined) return null;
  if (DataType.isTimestamp(type)) return plainInstant(Number(value));
  if (DataType.isDate(type))
    return type.unit === DateUnit.DAY ? plainDate(Number(value) / DAY_MS) : plainInstant(Number(value));
  if (DataType.isDecimal(type)) return plainDecimal(type, value);
  if (value instanceof Uint8Array)
    return DataType.isFixedSizeBinary(type) && value.length === UUID_BYTES
      ? plainUuid(value)
      : plainText(value);
  if (value instanceof Vector)
    return Array.from(value, (item: unknown) => plainValue(value.type as DataType, item));
  if (value instanceof StructRow || value instanceof MapRow) return plainFields(type, value);
  if (typeof value === 'bigint') return plainInteger(value);
  return typeof value === 'number' ? plainNumber(value) : value;
}

function plainFields(type: DataType, row: StructRow | MapRow): Record<string, unknown> {
  const types = new Map(type.children.map((child) => [child.name, child.type as DataType]));
  const mapValue = DataType.isMap(type)
    ? ((type.children[0]?.type.children as Field[])[1]?.type as DataType)
    : undefined;
  return Object.fromEntries(
    [...(row as Iterable<[string, unknown]>)].map(([name, inner]) => [
      name,
      plainValue(mapValue ?? types.get(name), inner),
    ]),
  );
}

/** The library gives the digits as little-endian words of the unscaled number. */
function plainDecimal({ scale }: { scale: number }, value: unknown): number {
  const words = Array.from(value as Uint32Array, BigInt);
  const unsigned = words.reduceRight((sum, word) => (sum << 32n) | word, 0n);
  return Number(`${BigInt.asIntN(words.length * 32, unsigned)}e-${scale}`);
}
