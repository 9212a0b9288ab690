import { type StoredSegment, SEGMENT_COLUMNS, segmentRowOf } from '../../catalogue/segment-rows.ts';
import type { SegmentRow } from '../../format/types.ts';
import type { EngineStore } from './engine-store.ts';
import { IdTable } from './id-table.ts';
import { readIds, readObjectIds } from './read-ids.ts';

/** Rows of one environment that leave because their object was rewritten (DATA §2). */
export interface ReplacedRows {
  segments: { segment: SegmentRow; arrivalRevision: number; rows: Set<number> }[];
  /** By the file of a segment. */
  rowsByFile: Map<string, Set<number>>;
  ids: IdTable;
  /** By entry of `ids`: the object that held it. */
  holders: number[];
}

/** By environment: the stored rows of the objects that the pending ones take the place of. */
export function findReplacedRows(store: EngineStore): Map<string, ReplacedRows> {
  const found = new Map<string, ReplacedRows>();
  const leaving = new Set(store.facts.replaced.keys());
  if (leaving.size === 0 || !holdsRows(store, leaving)) return found;
  for (const { arrivalRevision, ...stored } of liveSegments(store)) {
    const segment = segmentRowOf(stored);
    const rows = rowsOf(readObjectIds(store.dataDir, segment), leaving);
    if (rows.size > 0) addRows(store, found, { segment, arrivalRevision, rows });
  }
  return found;
}

/** The ledger knows which objects hold none, and most rewritten ones of dimensions hold no events. */
function holdsRows(store: EngineStore, objectIds: ReadonlySet<number>): boolean {
  const found = store.db
    .prepare<[string]>(
      `SELECT 1 FROM ledger JOIN sources USING (source_id)
       WHERE object_id IN (SELECT value FROM json_each(?)) AND ledger.kept > 0 AND dataset = 'events' LIMIT 1`,
    )
    .get(JSON.stringify([...objectIds]));
  return found !== undefined;
}

function* liveSegments(store: EngineStore): Generator<StoredSegment & { arrivalRevision: number }> {
  yield* store.db
    .prepare<[], StoredSegment & { arrivalRevision: number }>(
      `SELECT ${SEGMENT_COLUMNS}, arrival_revision AS arrivalRevision FROM segments
       WHERE dataset = 'events' AND dead_revision IS NULL ORDER BY environment, segment_id`,
    )
    .all();
}

function rowsOf(objects: ArrayLike<number>, leaving: ReadonlySet<number>): Set<number> {
  const rows = new Set<number>();
  for (let row = 0; row < objects.length; row++) if (leaving.has(objects[row] ?? 0)) rows.add(row);
  return rows;
}

function addRows(
  store: EngineStore,
  found: Map<string, ReplacedRows>,
  one: ReplacedRows['segments'][number],
): void {
  const { segment, rows } = one;
  const known = found.get(segment.environment) ?? {
    segments: [],
    rowsByFile: new Map<string, Set<number>>(),
    ids: new IdTable(),
    holders: [],
  };
  found.set(segment.environment, known);
  known.segments.push(one);
  known.rowsByFile.set(segment.file, rows);
  const ids = readIds(store.dataDir, segment);
  const objects = readObjectIds(store.dataDir, segment);
  for (const row of rows) if (known.ids.add(ids, row * 4) === -1) known.holders.push(objects[row] ?? 0);
}
