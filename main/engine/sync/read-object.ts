import type { PendingObject } from '../store/pending.ts';
import type { JsonObject } from './event-decoder.ts';
import type { ObjectFormat } from './formats/object-format.ts';
import type { ColumnarBatch } from './formats/columnar-batch.ts';
import { readColumnar } from './formats/read-columnar.ts';
import { RowBytes } from './formats/row-bytes.ts';
import { unpackedChunks } from './formats/unpacked-chunks.ts';
import { ObjectFault } from './object-fault.ts';

import type { OpenedObject } from './source-reader.ts';
import { UnfitRow } from './row-problem.ts';
import type { RowReader } from './row-reader.ts';
import type { RowSplitter, SplitterEvents } from './row-splitter.ts';
import { type FieldKind, parseCsvRow, textOf } from './row-text.ts';
import { createRecordSplitter, fieldsOf } from './split-csv.ts';
import { createLineSplitter } from './split-lines.ts';
import { createValueSplitter } from './split-values.ts';
import { type OtherWork, eachWhileWaiting } from './while-waiting.ts';

export interface ObjectInput {
  /** How messages call it. */
  label: string;
  opened: OpenedObject;
  format: ObjectFormat;
  object: PendingObject;
  reader: RowReader;
  /** How a CSV column is understood. */
  kindOf: (name: string) => FieldKind;
}

export interface ReadObjectContext {
  limit: { chunkBytes: number; isReached: () => boolean; grow: () => void };
  signal: AbortSignal;
  /** The batch is full. */
  onCommit: () => Promise<void>;
  /** After every chunk. */
  onProgress: () => void;
  /** Before the first row, and at the end of an object without any: its content can be had. */
  onReadable: () => Promise<void>;
  /** What else may be done while bytes are waited for. */
  other?: OtherWork | undefined;
  /** Told how long bytes were waited for, and how long their rows took. */
  onTime?: (kind: 'streamMs' | 'rowsMs', ms: number) => void;
}

/**
 * Reads one object to its end, committing whenever a batch is full. Rows up to `object.rowsDone` are committed
 * already and are passed over. Throws ObjectFault for what is wrong with the object (rows
 * before the fault stay) and AppError for what the store refuses.
 */
export async function readObject(context: ReadObjectContext, input: ObjectInput): Promise<void> {
  const { format } = input;
  if (format.format === 'parquet' || format.format === 'arrow') await readColumns(context, input);
  else await readText(context, input);
}

async function readText(context: ReadObjectContext, input: ObjectInput): Promise<void> {
  const { label, opened, format } = input;
  const { limit, signal, onReadable } = context;
  const events = rowEvents(input);
  let splitter: RowSplitter | null = null;
  const reading = { signal, chunkBytes: limit.chunkBytes };
  const chunks = unpackedChunks({ label, opened, compression: format.compression }, reading);
  for await (const chunk of eachWhileWaiting(context.other, chunks, waited(context))) {
    const startedMs = performance.now();
    const text = splitter === null ? withoutByteOrderMark(chunk) : chunk;
    if (splitter === null) await onReadable();
    splitter ??= splitterFor(format, text, events);
    split(splitter, text, label);
    context.onTime?.('rowsMs', performance.now() - startedMs);
    await afterPart(context);
  }
  if (splitter === null) await onReadable();
  else split(splitter, null, label);
}

async function readColumns(context: ReadObjectContext, input: ObjectInput): Promise<void> {
  const { label, opened, format, object, reader } = input;
  const { limit, signal, onReadable } = context;
  const from = object.rowsDone;
  const columnar = { label, opened, format, from, wants: reader.wants };
  let isReadable = false;
  const batches = readColumnar(columnar, { signal, chunkBytes: limit.chunkBytes });
  for await (const batch of eachWhileWaiting(context.other, batches, waited(context))) {
    if (!isReadable) await onReadable();
    isReadable = true;
    const startedMs = performance.now();
    const written = reader.takesBytes ? new RowBytes(batch) : null;
    for (let row = 0; row < batch.rows; row++) {
      object.read++;
      object.rowsDone++;
      if (written?.write(batch, row) === true)
        reader.json(written.bytes, 0, written.length, object, object.rowsDone);
      else reader.row(rowOf(batch, row), object, object.rowsDone);
    }
    context.onTime?.('rowsMs', performance.now() - startedMs);
    await afterPart(context);
  }
  if (!isReadable) await onReadable();
}

const waited =
  ({ onTime }: ReadObjectContext) =>
  (ms: number): void =>
    onTime?.('streamMs', ms);

function rowOf({ columns }: ColumnarBatch, row: number): JsonObject {
  const values: JsonObject = {};
  for (const { name, at } of columns) {
    const value = at(row);
    if (value !== null && value !== undefined) values[name] = value;
  }
  return values;
}

/** Commits if the batch is full, tells how far it is, and stops where it is asked to. */
async function afterPart({ limit, signal, onCommit, onProgress }: ReadObjectContext): Promise<void> {
  if (limit.isReached()) {
    await onCommit();
    limit.grow();
  }
  onProgress();
  signal.throwIfAborted();
}

/** Hands on a chunk, or the end of the object; what the splitter finds wrong is told with the object's name. */
function split(splitter: RowSplitter, chunk: Uint8Array | null, label: string): void {
  try {
    if (chunk === null) splitter.finish();
    else splitter.push(chunk);
  } catch (error) {
    throw error instanceof ObjectFault ? new ObjectFault(error.code, `${label}: ${error.message}`) : error;
  }
}

function rowEvents({ object, reader, format, kindOf }: ObjectInput): SplitterEvents {
  const committed = object.rowsDone;
  let position = 0;
  let header: string[] | null = null;

  function isNew(): boolean {
    position++;
    if (position <= committed) return false;
    object.read++;
    object.rowsDone = position;
    return true;
  }

  function record(text: string): void {
    if (header === null) {
      header = fieldsOf(text);
    } else if (isNew()) {
      try {
        reader.row(parseCsvRow(text, header, kindOf), object, position);
      } catch (error) {
        if (!(error instanceof UnfitRow)) throw error;
        reader.unreadable(error.problem.reason, object, position);
      }
    }
  }

  return {
    takeLine(bytes, start, end) {
      if (position < committed || format.format === 'csv') return -1;
      const next = reader.takeLine?.(bytes, start, end, object, position + 1) ?? -1;
      if (next !== -1) isNew();
      return next;
    },
    onRow(bytes, start, end) {
      if (format.format === 'csv') record(textOf(bytes, start, end));
      else if (isNew()) reader.json(bytes, start, end, object, position);
    },
    onTooLong() {
      if (isNew()) reader.unreadable('line-too-long', object, position);
    },
  };
}

function withoutByteOrderMark(chunk: Uint8Array): Uint8Array {
  return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk;
}

const OPEN_LIST = 0x5b;

/** NDJSON goes line by line; `.json` may also be an array, a document over many lines, or several of them. */
function splitterFor({ format }: ObjectFormat, start: Uint8Array, events: SplitterEvents): RowSplitter {
  if (format === 'csv') return createRecordSplitter(events);
  const first = start.find((byte) => byte > 0x20);
  if (first === OPEN_LIST) return createValueSplitter(events);
  return format === 'ndjson' || isWholeLine(start) ? createLineSplitter(events) : createValueSplitter(events);
}

/** Whether the first line is a JSON value by itself, and another line follows. */
function isWholeLine(start: Uint8Array): boolean {
  const from = start.findIndex((byte) => byte > 0x20);
  const end = start.indexOf(0x0a, Math.max(from, 0));
  if (end === -1) return false;
  try {
    JSON.parse(textOf(start, Math.max(from, 0), end));
    return true;
  } catch {
    return false;
  }
}
