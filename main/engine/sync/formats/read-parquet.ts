import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  type ParquetParsers,
  type SchemaElement,
  type SchemaTree,
  parquetMetadataAsync,
  parquetScan,
  parquetSchema,
} from 'hyparquet';
import { AppError } from '../../../../shared/errors.ts';
import { ObjectFault } from '../object-fault.ts';
import {
  type BatchColumn,
  type ColumnarBatch,
  STEP_ROWS,
  type Wants,
  plainDate,
  plainInstant,
  plainInteger,
  plainNumber,
  plainText,
  plainUuid,
} from './columnar-batch.ts';
import { unpackLz4Block } from './lz4.ts';

/** Bytes of a Parquet file wherever they lie; each call may be a request. */
export interface ParquetBytes {
  sizeBytes: number;
  slice: (start: number, end: number) => Promise<Uint8Array>;
}

/** Rows that are decoded at once: the values of a whole row group could fill the memory. */
const GROUP_ROWS = 1 << 17;
const FOOTER_BYTES = 64 << 10; // the index of most files; for a longer one the rest is asked for
const KEPT_BYTES = 128 << 20; // of the columns' bytes, which are read once and decoded part by part

/** The rows from `from` on in order, wanted columns only: others are neither read nor decoded. Throws ObjectFault. */
export async function* readParquet(
  label: string,
  bytes: ParquetBytes,
  { wants, from }: { wants: Wants; from: number },
): AsyncGenerator<ColumnarBatch> {
  const file = keptBuffer(bytes);
  const whole = await guarded(label, () =>
    parquetMetadataAsync(file, { parsers: PARSERS, geoparquet: false, initialFetchSize: FOOTER_BYTES }),
  );
  const metadata = wantedPart(whole, wants);
  const names = parquetSchema(metadata).children.map(({ element }) => element);
  const scan = await guarded(label, () =>
    parquetScan({ file, metadata, parsers: PARSERS, compressors: COMPRESSORS, geoparquet: false }),
  );
  for (const { rowStart, rowEnd } of scan.ranges) {
    for (let start = Math.max(rowStart, from); start < rowEnd; start += GROUP_ROWS) {
      const end = Math.min(rowEnd, start + GROUP_ROWS);
      const columns: BatchColumn[] = [];
      for (const element of names) {
        const values = await guarded(label, () =>
          scan.readColumn({ column: element.name, rowStart: start, rowEnd: end }),
        );
        columns.push(columnOf(element, values));
      }
      yield* steps(end - start, columns);
    }
  }
}

function* steps(rows: number, columns: readonly BatchColumn[]): Generator<ColumnarBatch> {
  for (let first = 0; first < rows; first += STEP_ROWS) {
    yield {
      rows: Math.min(STEP_ROWS, rows - first),
      columns: columns.map(({ name, at }) => ({ name, at: (row) => at(first + row) })),
    };
  }
}

/** The metadata without the columns that nobody wants, as if they were not in the file. */
function wantedPart(metadata: FileMetaData, wants: Wants): FileMetaData {
  const schema: SchemaElement[] = [];
  const leaves = new Set<string>();
  keep(parquetSchema(metadata), [], schema, leaves, wants);
  const row_groups = metadata.row_groups.map((group) => ({
    ...group,
    columns: group.columns.filter(({ meta_data }) => leaves.has(meta_data?.path_in_schema.join('\0') ?? '')),
  }));
  return { ...metadata, schema, row_groups };
}

/** Adds a node and what is wanted below it; says whether anything was. */
function keep(
  node: SchemaTree,
  path: readonly string[],
  schema: SchemaElement[],
  leaves: Set<string>,
  wants: Wants,
): boolean {
  if (isOneField(node)) {
    if (!wants(path)) return false;
    addWhole(node, schema, leaves);
    return true;
  }
  const element = { ...node.element };
  const at = schema.push(element) - 1;
  const children = node.children.filter((child) =>
    keep(child, [...path, child.element.name], schema, leaves, wants),
  );
  element.num_children = children.length;
  if (children.length > 0 || path.length === 0) return true;
  schema.length = at;
  return false;
}

/** Anything but a plain struct: leaves, lists and maps, whose inner names are no field's. */
const isOneField = ({ element, children, path }: SchemaTree): boolean =>
  path.length > 0 &&
  (children.length === 0 ||
    element.converted_type !== undefined ||
    element.logical_type !== undefined ||
    element.repetition_type === 'REPEATED');

function addWhole(node: SchemaTree, schema: SchemaElement[], leaves: Set<string>): void {
  schema.push(node.element);
  if (node.children.length === 0) leaves.add(node.path.join('\0'));
  for (const child of node.children) addWhole(child, schema, leaves);
}

function columnOf(element: SchemaElement, values: ArrayLike<unknown>): BatchColumn {
  const { name, type, type_length, converted_type, scale = 0 } = element;
  if (converted_type === 'DECIMAL') return { name, at: (row) => roundedDecimal(values[row], scale) };
  if (type === 'FIXED_LEN_BYTE_ARRAY' && type_length === 16)
    return {
      name,
      at: (row) => (values[row] instanceof Uint8Array ? plainUuid(values[row]) : plainValue(values[row])),
    };
  return { name, at: (row) => plainValue(values[row]) };
}

/** The library multiplies by a power of ten, which leaves crumbs behind the last digit. */
const roundedDecimal = (value: unknown, scale: number): unknown =>
  typeof value === 'number' ? Number(value.toFixed(scale)) : plainValue(value);

function plainValue(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint':
      return plainInteger(value);
    case 'number':
      return plainNumber(value);
    case 'object':
      return value === null ? null : plainObject(value);
    default:
      return value;
  }
}

function plainObject(value: object): unknown {
  if (value instanceof Uint8Array) return plainText(value);
  if (Array.isArray(value)) return value.map(plainValue);
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<unknown>, plainValue);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plainValue(inner)]));
}

/** Values may be missing: the library's types do not say so. */
const ifThere =
  <In, Out>(convert: (value: In) => Out) =>
  (value: In | null | undefined): Out | null =>
    value === null || value === undefined ? null : convert(value);

const PARSERS: ParquetParsers = {
  timestampFromMilliseconds: ifThere((ms: bigint) => plainInstant(Number(ms))),
  timestampFromMicroseconds: ifThere((us: bigint) => plainInstant(Math.floor(Number(us) / 1e3))),
  timestampFromNanoseconds: ifThere((ns: bigint) => plainInstant(Number(ns / 1_000_000n))),
  dateFromDays: ifThere(plainDate),
  stringFromBytes: ifThere(plainText),
  jsonFromBytes: ifThere((bytes: Uint8Array) => jsonOf(plainText(bytes))),
  geometryFromBytes: () => null,
  geographyFromBytes: () => null,
  uuidFromBytes: ifThere(plainUuid),
};

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A page never unpacks to more than its header says. */
const limited = (outputLength: number) => ({ maxOutputLength: Math.max(1, outputLength) });
const COMPRESSORS: Compressors = {
  GZIP: (input, outputLength) => gunzipSync(input, limited(outputLength)),
  BROTLI: (input, outputLength) => brotliDecompressSync(input, limited(outputLength)),
  ZSTD: (input, outputLength) => zstdDecompressSync(input, limited(outputLength)),
  LZ4_RAW: unpackLz4Block,
};

/** Remembers the latest ranges: the parts of a row group come from the same bytes. */
function keptBuffer({ sizeBytes, slice }: ParquetBytes): AsyncBuffer {
  const kept = new Map<string, ArrayBuffer>();
  let keptBytes = 0;
  return {
    byteLength: sizeBytes,
    async slice(start, end = sizeBytes) {
      const from = Math.max(0, start < 0 ? sizeBytes + start : start);
      const name = `${from}-${end}`;
      const known = kept.get(name);
      if (known !== undefined) return known;
      const bytes = await slice(from, Math.min(end, sizeBytes));
      const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
      kept.set(name, buffer);
      keptBytes += buffer.byteLength;
      for (const [oldest, { byteLength }] of kept) {
        if (keptBytes <= KEPT_BYTES || oldest === name) break;
        kept.delete(oldest);
        keptBytes -= byteLength;
      }
      return buffer;
    },
  };
}

async function guarded<T>(label: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError || (cause instanceof Error && cause.name === 'AbortError')) throw cause;
    throw faultOf(label, cause);
  }
}

function faultOf(label: string, cause: unknown): ObjectFault {
  const text = cause instanceof Error ? cause.message : String(cause);
  const codec = /unsupported compression codec: (\w+)/.exec(text)?.[1];
  if (codec !== undefined) {
    const message = `${label} is compressed with ${codec}; expected snappy, gzip, zstd, brotli or LZ4_RAW`;
    return new ObjectFault('bad-input', message, { cause });
  }
  return new ObjectFault('corrupt', `${label} is not valid Parquet`, { cause });
}
