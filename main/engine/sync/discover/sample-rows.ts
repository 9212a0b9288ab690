import type { PendingObject } from '../../store/pending.ts';
import type { JsonObject } from '../event-decoder.ts';
import { UnfitRow } from '../row-problem.ts';
import type { QuarantineReason } from '../quarantine-reasons.ts';
import { readObject } from '../read-object.ts';
import type { RowReader } from '../row-reader.ts';
import { parseJsonRow, textOf } from '../row-text.ts';
import type { ListedObject, OpenedObject, SourceReader } from '../source-reader.ts';

/** A row as the source gives it; or why its bytes are none. */
export type SampledRow = { row: JsonObject } | { unreadable: QuarantineReason };

const CHUNK_BYTES = 64 << 10;
const MOST_OBJECTS = 5; // of small ones, each with few rows

export interface SampleRequest {
  rows: number;
  /** Fields that may be had at all. */
  wants: RowReader['wants'];
}

/** Some rows of a source: a table gives any, objects their first ones. */
export async function sampleRows(
  reader: SourceReader,
  request: SampleRequest,
  signal: AbortSignal,
): Promise<SampledRow[]> {
  const rows: SampledRow[] = [];
  if (reader.sample !== undefined) {
    const { opened, format } = await reader.sample(request.rows, signal);
    await collect({ label: 'the sample', format }, opened, { ...request, found: rows }, signal);
    return rows;
  }
  let objects = 0;
  for await (const page of reader.list({ checkpoint: null, isFull: true, signal })) {
    for (const object of page.objects) {
      if (rows.length >= request.rows || objects++ >= MOST_OBJECTS) return rows;
      await collect(object, await reader.open(object, signal), { ...request, found: rows }, signal);
    }
  }
  return rows;
}

class Enough extends Error {}

async function collect(
  { label, format }: Pick<ListedObject, 'label' | 'format'>,
  opened: OpenedObject,
  { rows, wants, found }: SampleRequest & { found: SampledRow[] },
  signal: AbortSignal,
): Promise<void> {
  const add = (row: SampledRow): void => {
    found.push(row);
    if (found.length >= rows) throw new Enough();
  };
  const reader: RowReader = {
    wants,
    takesBytes: false,
    row: (row) => add({ row }),
    unreadable: (unreadable) => add({ unreadable }),
    json(bytes, start, end) {
      add(rowOf(textOf(bytes, start, end)));
    },
  };
  const context = {
    limit: { chunkBytes: CHUNK_BYTES, isReached: () => false, grow: () => undefined },
    signal,
    onCommit: () => Promise.resolve(),
    onProgress: () => undefined,
    onReadable: () => Promise.resolve(),
  };
  try {
    await readObject(context, { label, opened, format, object: noObject(), reader, kindOf: () => 'any' });
  } catch (error) {
    if (!(error instanceof Enough)) throw error;
  } finally {
    opened.close();
  }
}

function rowOf(text: string): SampledRow {
  try {
    return { row: parseJsonRow(text) };
  } catch (error) {
    if (!(error instanceof UnfitRow)) throw error;
    return { unreadable: error.problem.reason };
  }
}

/** What counts rows of an object that no store knows. */
export const noObject = (): PendingObject => ({
  objectId: 0,
  sourceId: 0,
  key: '',
  sizeBytes: 0,
  version: '',
  state: 'reading',
  reason: null,
  rowsDone: 0,
  read: 0,
  quarantined: 0,
  refused: 0,
  scrubbed: 0,
});
