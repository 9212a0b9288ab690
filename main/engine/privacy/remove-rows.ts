import type { SegmentColumnInput } from '../../format/encode-segment.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { BuiltSegment } from '../store/build-segments.ts';
import type { ArrivedSegment } from '../store/replace-segments.ts';
import { type RemovedRows, rewriteSegment } from '../store/rewrite-segment.ts';
import { countPropertyRows } from './count-property-rows.ts';
import type { AffectedSegment } from './find-user-rows.ts';

/** What went from one segment. */
export interface Removal {
  segment: ArrivedSegment;
  removed: RemovedRows;
  /** By event type, then property: the rows that had it. */
  properties: Map<string, Map<string, number>>;
  isWhole: boolean;
}

/** The affected segments without the users' rows, one at a time in memory; what was removed is noted on the way. */
export function* remainders(
  store: EngineStore,
  affected: readonly AffectedSegment[],
  removals: Removal[],
): Generator<BuiltSegment> {
  for (const { segment, rows, namingColumns } of affected) {
    const state = store.environment(segment.environment);
    const { built, removed } = rewriteSegment(store.dataDir, segment, rows, state, store.workspace.shards);
    const properties = countPropertyRows(store, state, segment, rows);
    removals.push({ segment, removed, properties, isWhole: built === null });
    if (built === null) continue;
    const columns = built.input.columns.filter(
      (column) => !namingColumns.has(column.name) && hasValues(column),
    );
    yield { ...built, input: { ...built.input, columns } };
  }
}

/** A property that only the removed rows had is no column any more. */
export function hasValues({ name, kind, values, validity }: SegmentColumnInput): boolean {
  if (!name.startsWith('p.') && !name.startsWith('n.') && name !== 'late') return true;
  if (kind !== 'number') return values.some((value) => value !== 0);
  return validity === undefined || validity.some((bits) => bits !== 0);
}
