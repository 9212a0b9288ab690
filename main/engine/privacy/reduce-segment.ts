import type { LoadedColumn } from '../../format/read-columns.ts';
import { readColumns } from '../../format/read-columns.ts';
import { increment } from '../store/batch-facts.ts';
import type { BuiltSegment } from '../store/build-segments.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import type { ArrivedSegment } from '../store/replace-segments.ts';
import { compacted, shardStarts, timeSpan } from '../store/rewrite-segment.ts';
import { withSegment } from '../store/segment-reader.ts';
import { shardOf } from '../store/sort-rows.ts';
import { AGGREGATE_STEP_MS, isPersonalColumn } from './aggregate-columns.ts';
import { hasValues } from './remove-rows.ts';

export interface RowsToPurge {
  reduced: ReadonlySet<number>;
  removed: ReadonlySet<number>;
}

/** The same segment with some rows as aggregates and others gone; null: no row is left. */
export function reduceSegment(
  dataDir: string,
  segment: ArrivedSegment,
  { reduced, removed }: RowsToPurge,
  { state, shards }: { state: EnvironmentState; shards: number },
): BuiltSegment | null {
  const loaded = withSegment(dataDir, segment.file, (fd) => readColumns(fd, segment.columns)).map((column) =>
    reduceColumn(column, reduced, segment.rows),
  );
  const order = orderOf(segment.rows, removed, loaded, shards);
  if (order.length === 0) return null;
  const columns = loaded.map((column) => compacted(column, order)).filter(hasValues);
  const { environment, dataset, day, eventType } = segment;
  const eventTypes = state.dictionary('event_type');
  const eventRows = new Map<string, number>();
  const events = columns.find(({ name }) => name === 'event')?.values;
  for (let row = 0; row < order.length; row++)
    increment(eventRows, eventType ?? eventTypes.textOf(events?.[row] ?? 0));
  return {
    input: {
      environment,
      dataset,
      day,
      eventType,
      rows: order.length,
      columns,
      replacement: { replaces: [segment.segmentId], writtenWith: [] },
    },
    eventCode: eventType === null ? 0 : eventTypes.codeOfText(eventType),
    eventRows: Object.fromEntries(eventRows),
    ...timeSpan(day, columns),
    shardStarts: shardStarts(columns, shards),
  };
}

/** Without what an aggregate does not keep. The values are this caller's own copy. */
function reduceColumn(loaded: LoadedColumn, reduced: ReadonlySet<number>, rows: number): LoadedColumn {
  const { column, values } = loaded;
  if (column.name === 'ms') {
    for (const row of reduced) values[row] = (values[row] ?? 0) - ((values[row] ?? 0) % AGGREGATE_STEP_MS);
    return loaded;
  }
  if (column.name !== 'late' && !isPersonalColumn(column)) return loaded;
  if (column.kind === 'number')
    return { ...loaded, validity: withoutRows(loaded.validity ?? allPresent(rows), reduced) };
  for (const row of reduced) values[row] = 0;
  return loaded;
}

const allPresent = (rows: number): Uint8Array => new Uint8Array(Math.ceil(rows / 8)).fill(0xff);

function withoutRows(validity: Uint8Array, rows: ReadonlySet<number>): Uint8Array {
  const bits = validity.slice();
  for (const row of rows) bits[row >> 3] = (bits[row >> 3] ?? 0) & ~(1 << (row & 7));
  return bits;
}

/** Rows that stay, by (shard, user, time) as every segment has them. */
function orderOf(
  rows: number,
  removed: ReadonlySet<number>,
  loaded: readonly LoadedColumn[],
  shards: number,
): Int32Array {
  const valuesOf = (name: string) => loaded.find(({ column }) => column.name === name)?.values ?? [];
  const [users, ms] = [valuesOf('user'), valuesOf('ms')];
  const user = (row: number): number => users[row] ?? 0;
  return Int32Array.from(
    Array.from({ length: rows }, (_, row) => row)
      .filter((row) => !removed.has(row))
      .sort(
        (a, b) =>
          shardOf(user(a), shards) - shardOf(user(b), shards) ||
          user(a) - user(b) ||
          (ms[a] ?? 0) - (ms[b] ?? 0) ||
          a - b,
      ),
  );
}
