import { zstdDecompressSync } from 'node:zlib';
import {
  CompressionType,
  type Data,
  type RecordBatch,
  RecordBatchReader,
  compressionRegistry,
} from 'apache-arrow';
import { AppError } from '../../../../shared/errors.ts';
import { ObjectFault } from '../object-fault.ts';
import { collected } from './collected.ts';
import { arrowColumnReader } from './arrow-values.ts';
import { type BatchColumn, type ColumnarBatch, STEP_ROWS, type Wants } from './columnar-batch.ts';
import { unpackLz4Frame } from './lz4.ts';

const FILE_MAGIC = 'ARROW1';
const FILE_HEAD_BYTES = 8; // the magic word and what pads it
const OLD_MAGIC = 'FEA1';
const PEEKED_BYTES = 512; // more than a message needs to say what it is

/** The rows from `from` on of an Arrow IPC stream or file, read in order. Throws ObjectFault. */
export async function* readArrow(
  label: string,
  chunks: AsyncIterable<Uint8Array>,
  { wants, from }: { wants: Wants; from: number },
): AsyncGenerator<ColumnarBatch> {
  registerCodecs();
  try {
    let first = 0;
    for await (const batch of batchesOf(label, chunks)) {
      const skipped = Math.min(batch.numRows, Math.max(0, from - first));
      first += batch.numRows;
      yield* stepsOf(batch, skipped, wants);
    }
  } catch (cause) {
    if (cause instanceof AppError || (cause instanceof Error && cause.name === 'AbortError')) throw cause;
    throw new ObjectFault('corrupt', `${label} is not valid Arrow IPC, or it is cut short`, { cause });
  }
}

/**
 * A file is a stream with a word in front and an index behind, which nobody needs who reads in order. Only files whose
 * writer left the schema to the index (as this library does) have to be held whole.
 */
async function* batchesOf(label: string, chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RecordBatch> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head = await peeked(iterator);
  const start = Buffer.from(head.subarray(0, FILE_HEAD_BYTES)).toString('latin1');
  if (start.startsWith(OLD_MAGIC))
    throw new ObjectFault('bad-input', `${label} is Feather of version 1; write it as Arrow IPC`);
  const isFile = start.startsWith(FILE_MAGIC);
  const messages = isFile ? head.subarray(FILE_HEAD_BYTES) : head;
  if (isFile && !beginsWithSchema(messages))
    yield* RecordBatchReader.from(await collected(label, rest(head, iterator)));
  else yield* await RecordBatchReader.from(rest(messages, iterator));
}

async function peeked(iterator: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < PEEKED_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    head = head.length === 0 ? next.value : Buffer.concat([head, next.value]);
  }
  return head;
}

async function* rest(head: Uint8Array, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  } finally {
    await iterator.return?.();
  }
}

const SCHEMA = 1; // of the kinds of messages
const KIND_FIELD = 6; // where a message's table of fields says where its kind stands

/** Whether the first message is a schema; by the layout of FlatBuffers: root, its table of fields, the field. */
function beginsWithSchema(bytes: Uint8Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const message = view.getInt32(0, true) === -1 ? 8 : 4; // behind the length, which a marker may precede
    const root = message + view.getUint32(message, true);
    const kind = view.getUint16(root - view.getInt32(root, true) + KIND_FIELD, true);
    return view.getUint8(root + kind) === SCHEMA;
  } catch {
    return true; // too short to tell: the reader says what is wrong with it
  }
}

function* stepsOf(batch: RecordBatch, skipped: number, wants: Wants): Generator<ColumnarBatch> {
  const columns = columnsOf(batch, wants);
  for (let first = skipped; first < batch.numRows; first += STEP_ROWS) {
    yield {
      rows: Math.min(STEP_ROWS, batch.numRows - first),
      columns: columns.map(({ name, at, textAt, instantAt }) => ({
        name,
        at: (row) => at(first + row),
        textAt: textAt && ((row) => textAt(first + row)),
        instantAt: instantAt && ((row) => instantAt(first + row)),
      })),
    };
  }
}

function columnsOf(batch: RecordBatch, wants: Wants): BatchColumn[] {
  return batch.schema.fields.flatMap((field, index) => {
    const data: Data | undefined = batch.data.children[index];
    const read = data === undefined ? null : arrowColumnReader(field, data, [field.name], wants);
    return read === null ? [] : [{ name: field.name, ...read }];
  });
}

let isRegistered = false;

/** The library asks a registry of its own for what unpacks the buffers of a batch. */
function registerCodecs(): void {
  if (isRegistered) return;
  isRegistered = true;
  compressionRegistry.set(CompressionType.ZSTD, { decode: (packed) => zstdDecompressSync(packed) });
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: unpackLz4Frame });
}
