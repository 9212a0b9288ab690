import type { SegmentColumnInput, SegmentInput } from '../../format/encode-segment.ts';
import type { EnvironmentState } from './environment-state.ts';
import type { EventBatch } from './event-batch.ts';
import { CODED_COLUMNS, type CodedColumn, SEGMENT_NAME, USER } from './event-columns.ts';
import { narrowCodes, narrowNumbers } from './narrow.ts';
import { type PlannedFile, planFiles } from './plan-files.ts';
import { propertyColumns } from './property-columns.ts';
import { DAY_MS, HOUR_MS, type SortedRows, shardOf, sortRows } from './sort-rows.ts';

export interface BuiltSegment {
  input: Omit<SegmentInput, 'revision'>;
  /** 0: shared. Names the file. */
  eventCode: number;
  eventRows: Record<string, number>;
  minTsMs: number;
  maxTsMs: number;
  shardStarts: Int32Array;
}

/** Turns the kept rows of a batch into segments: sorted, cut by day and event type, each column as narrow as it can be. */
export function buildSegments(
  environment: EnvironmentState,
  kept: Uint8Array,
  shards: number,
): BuiltSegment[] {
  const { batch } = environment;
  const users = batch.codes[USER] ?? new Int32Array(batch.rows);
  const sorted = sortRows({ rows: batch.rows, tsMs: batch.tsMs, users }, kept, shards);
  const files = planFiles(sorted, batch.event);
  const properties = propertyColumns(batch, files, {
    propertyNames: environment.propertyNames,
    dictionary: (column) => environment.dictionary(column),
  });
  const eventTypes = environment.dictionary('event_type');
  return files.map((file, index) => {
    const nameOf = (event: number): string => eventTypes.textOf(event);
    return {
      input: {
        environment: environment.name,
        dataset: 'events',
        day: new Date(file.day * DAY_MS).toISOString().slice(0, 10),
        eventType: file.event === 0 ? null : nameOf(file.event),
        rows: file.rows.length,
        columns: [...baseColumns(batch, file, sorted), ...(properties[index] ?? [])],
      },
      eventCode: file.event,
      eventRows: Object.fromEntries([...file.eventRows].map(([event, rows]) => [nameOf(event), rows])),
      ...timeSpan(batch, file.rows),
      shardStarts: shardStartsOf(users, file.rows, shards),
    };
  });
}

function baseColumns(batch: EventBatch, file: PlannedFile, sorted: SortedRows): SegmentColumnInput[] {
  const { rows } = file;
  const ms = gather(sorted.ms, rows);
  const late = gatherNumbers(batch.lateMs, rows);
  return [
    { name: 'ms', kind: 'raw', element: 'int32', values: ms },
    { name: 'hour', kind: 'raw', element: 'uint8', values: hoursOf(ms) },
    ...(late.some((value) => !Number.isNaN(value))
      ? [{ name: 'late', kind: 'number', ...narrowNumbers(late) } satisfies SegmentColumnInput]
      : []),
    ...(file.event === 0
      ? [
          {
            name: 'event',
            kind: 'code',
            ...narrowCodes(gather(batch.event, rows)),
            dictionary: 'event_type',
          } satisfies SegmentColumnInput,
        ]
      : []),
    ...CODED_COLUMNS.flatMap((column, index) =>
      codedColumn(column, gather(batch.codes[index] ?? NONE, rows)),
    ),
    { name: 'object', kind: 'raw', ...narrowCodes(gather(batch.object, rows)) },
    { name: 'id', kind: 'id16', element: 'id16', values: gatherIds(batch.ids, rows) },
  ];
}

const NONE = new Int32Array(0);

/** Users and sessions are in every segment; another column that no row has is left out. */
function codedColumn(column: CodedColumn, codes: Int32Array): SegmentColumnInput[] {
  const isAlways = column === 'user_id' || column === 'session_id';
  if (!isAlways && !codes.some((code) => code !== 0)) return [];
  return [{ name: SEGMENT_NAME[column], kind: 'code', ...narrowCodes(codes), dictionary: column }];
}

function gather(column: Int32Array, rows: Int32Array): Int32Array {
  const values = new Int32Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column[rows[i] ?? 0] ?? 0;
  return values;
}

function gatherNumbers(column: Float64Array, rows: Int32Array): Float64Array {
  const values = new Float64Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column[rows[i] ?? 0] ?? 0;
  return values;
}

function gatherIds(ids: Uint32Array, rows: Int32Array): Uint8Array {
  const words = new Uint32Array(rows.length * 4);
  for (let i = 0; i < rows.length; i++) {
    const from = (rows[i] ?? 0) * 4;
    for (let word = 0; word < 4; word++) words[i * 4 + word] = ids[from + word] ?? 0;
  }
  return new Uint8Array(words.buffer);
}

function hoursOf(ms: Int32Array): Uint8Array {
  const hours = new Uint8Array(ms.length);
  for (let i = 0; i < ms.length; i++) hours[i] = Math.floor((ms[i] ?? 0) / HOUR_MS);
  return hours;
}

function timeSpan(batch: EventBatch, rows: Int32Array): { minTsMs: number; maxTsMs: number } {
  let minTsMs = Infinity;
  let maxTsMs = -Infinity;
  for (const row of rows) {
    const tsMs = batch.tsMs[row] ?? 0;
    if (tsMs < minTsMs) minTsMs = tsMs;
    if (tsMs > maxTsMs) maxTsMs = tsMs;
  }
  return { minTsMs, maxTsMs };
}

/** Row index at which each shard begins, then the row count. */
export function shardStartsOf(users: Int32Array, rows: Int32Array, shards: number): Int32Array {
  const starts = new Int32Array(shards + 1);
  for (const row of rows) {
    const shard = shardOf(users[row] ?? 0, shards);
    starts[shard + 1] = (starts[shard + 1] ?? 0) + 1;
  }
  for (let shard = 0; shard < shards; shard++)
    starts[shard + 1] = (starts[shard + 1] ?? 0) + (starts[shard] ?? 0);
  return starts;
}
