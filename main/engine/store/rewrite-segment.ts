import type { ColumnValues } from '../../format/elements.ts';
import type { SegmentColumnInput } from '../../format/encode-segment.ts';
import { type LoadedColumn, readColumns } from '../../format/read-columns.ts';
import type { SegmentRow } from '../../format/types.ts';
import { increment } from './batch-facts.ts';
import type { BuiltSegment } from './build-segments.ts';
import type { EnvironmentState } from './environment-state.ts';
import { arrayOf } from './narrow.ts';
import { withSegment } from './segment-reader.ts';
import { DAY_MS, shardOf } from './sort-rows.ts';

export interface Rewritten {
  /** null: no row is left. */
  built: BuiltSegment | null;
  removed: RemovedRows;
}

export interface RemovedRows {
  byObject: Map<number, number>;
  /** By event type, then object. */
  byType: Map<string, Map<number, number>>;
}

/** The same segment without some of its rows. */
export function rewriteSegment(
  dataDir: string,
  segment: SegmentRow,
  removed: ReadonlySet<number>,
  environment: EnvironmentState,
  shards: number,
): Rewritten {
  const loaded = withSegment(dataDir, segment.file, (fd) => readColumns(fd, segment.columns));
  const keep = Int32Array.from(
    Array.from({ length: segment.rows }, (_, row) => row).filter((row) => !removed.has(row)),
  );
  const codes = columnOf(loaded, 'event');
  const typeOf = (row: number): string =>
    segment.eventType ?? environment.dictionary('event_type').textOf(codes?.[row] ?? 0);
  const counts = countRemoved(removed, columnOf(loaded, 'object'), typeOf);
  if (keep.length === 0) return { built: null, removed: counts };
  const columns = loaded.map((column) => compacted(column, keep));
  const eventRows = new Map<string, number>(); // a type may be named like a member of every object
  for (const row of keep) increment(eventRows, typeOf(row));
  const { environment: name, dataset, day, eventType } = segment;
  const built: BuiltSegment = {
    input: {
      environment: name,
      dataset,
      day,
      eventType,
      rows: keep.length,
      columns,
      replacement: { replaces: [segment.segmentId], writtenWith: [] },
    },
    eventCode: eventType === null ? 0 : environment.dictionary('event_type').codeOfText(eventType),
    eventRows: Object.fromEntries(eventRows),
    ...timeSpan(day, columns),
    shardStarts: shardStarts(columns, shards),
  };
  return { built, removed: counts };
}

const columnOf = (loaded: readonly LoadedColumn[], name: string): ColumnValues | undefined =>
  loaded.find(({ column }) => column.name === name)?.values;

function countRemoved(
  removed: ReadonlySet<number>,
  objects: ColumnValues | undefined,
  typeOf: (row: number) => string,
): RemovedRows {
  const byObject = new Map<number, number>();
  const byType = new Map<string, Map<number, number>>();
  for (const row of removed) {
    const object = objects?.[row] ?? 0;
    increment(byObject, object);
    const ofType = byType.get(typeOf(row)) ?? new Map<number, number>();
    increment(ofType, object);
    byType.set(typeOf(row), ofType);
  }
  return { byObject, byType };
}

/** A column with the rows of `keep` alone, in that order. */
export function compacted({ column, values, validity }: LoadedColumn, keep: Int32Array): SegmentColumnInput {
  const { name, kind, element, dictionary } = column;
  return {
    name,
    kind,
    element,
    values: element === 'id16' ? keptIds(values, keep) : arrayOf(element, keptValues(values, keep)),
    ...(validity === null ? {} : { validity: keptBits(validity, keep) }),
    ...(dictionary === undefined ? {} : { dictionary }),
  };
}

function keptValues(values: ColumnValues, keep: Int32Array): ColumnValues {
  const kept = values.slice(0, keep.length);
  for (let i = 0; i < keep.length; i++) kept[i] = values[keep[i] ?? 0] ?? 0;
  return kept;
}

function keptIds(values: ColumnValues, keep: Int32Array): Uint8Array {
  const kept = new Uint8Array(keep.length * 16);
  for (let i = 0; i < keep.length; i++) {
    const from = (keep[i] ?? 0) * 16;
    kept.set(values.subarray(from, from + 16), i * 16);
  }
  return kept;
}

function keptBits(bits: Uint8Array, keep: Int32Array): Uint8Array {
  const kept = new Uint8Array(Math.ceil(keep.length / 8));
  for (let i = 0; i < keep.length; i++) {
    const row = keep[i] ?? 0;
    const bit = ((bits[row >> 3] ?? 0) >> (row & 7)) & 1;
    kept[i >> 3] = (kept[i >> 3] ?? 0) | (bit << (i & 7));
  }
  return kept;
}

export function timeSpan(
  day: string,
  columns: readonly SegmentColumnInput[],
): { minTsMs: number; maxTsMs: number } {
  const dayMs = Date.parse(day);
  let min = DAY_MS;
  let max = 0;
  for (const ms of columns.find(({ name }) => name === 'ms')?.values ?? []) {
    min = Math.min(min, ms);
    max = Math.max(max, ms);
  }
  return { minTsMs: dayMs + min, maxTsMs: dayMs + max };
}

export function shardStarts(columns: readonly SegmentColumnInput[], shards: number): Int32Array {
  const starts = new Int32Array(shards + 1);
  for (const user of columns.find(({ name }) => name === 'user')?.values ?? []) {
    const shard = shardOf(user, shards);
    starts[shard + 1] = (starts[shard + 1] ?? 0) + 1;
  }
  for (let shard = 0; shard < shards; shard++)
    starts[shard + 1] = (starts[shard + 1] ?? 0) + (starts[shard] ?? 0);
  return starts;
}
