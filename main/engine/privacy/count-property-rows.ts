import { increment } from '../store/batch-facts.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import type { ArrivedSegment } from '../store/replace-segments.ts';
import { loadColumns } from './live-segments.ts';

const PROPERTY = 'p.';

/** By event type, then property: how many of some rows of a segment have it. */
export function countPropertyRows(
  { dataDir }: EngineStore,
  state: EnvironmentState,
  segment: ArrivedSegment,
  rows: ReadonlySet<number>,
): Map<string, Map<string, number>> {
  const counts = new Map<string, Map<string, number>>();
  if (rows.size === 0) return counts;
  const loaded = loadColumns(dataDir, segment, ({ name }) => name === 'event' || name.startsWith(PROPERTY));
  const events = loaded.find(({ column }) => column.name === 'event')?.values;
  const typeOf = (row: number): string =>
    segment.eventType ?? state.dictionary('event_type').textOf(events?.[row] ?? 0);
  for (const { column, values, validity } of loaded) {
    if (column.name === 'event') continue;
    const property = column.name.slice(PROPERTY.length);
    for (const row of rows) {
      const isThere =
        column.kind === 'number'
          ? validity === null || (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 1
          : values[row] !== 0;
      if (!isThere) continue;
      const ofType = counts.get(typeOf(row)) ?? new Map<string, number>();
      counts.set(typeOf(row), ofType);
      increment(ofType, property);
    }
  }
  return counts;
}
