import {
  type LatenessCounts,
  RECENT_DAYS,
  countLateness,
  dropOldDays,
  latenessToJson,
  noLateness,
  watermarkOf,
} from '../freshness/lateness.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { ArrivedSegment } from '../store/replace-segments.ts';
import { DAY_MS } from '../store/sort-rows.ts';
import { loadColumns } from './live-segments.ts';

/**
 * How complete the sources of an environment are, counted anew without the rows that leave: the newest event may have
 * been one of them. Goes back only as far as lateness is kept. Returns the changed states, to be written later.
 */
export function recountLateness(
  store: EngineStore,
  environment: string,
  {
    segments,
    leaving,
  }: { segments: readonly ArrivedSegment[]; leaving: ReadonlyMap<number, ReadonlySet<number>> },
): () => void {
  const sources = affectedSources(store, environment, segments, leaving);
  const byNewest = [...segments].sort((a, b) => b.maxTsMs - a.maxTsMs);
  for (const segment of byNewest) {
    const isNeeded = ({ newestTsMs }: LatenessCounts): boolean =>
      newestTsMs === null || segment.maxTsMs >= newestTsMs - (RECENT_DAYS + 1) * DAY_MS;
    if (![...sources.values()].some(isNeeded)) break;
    countSegment(store, segment, leaving.get(segment.segmentId), sources);
  }
  return () => {
    for (const [sourceId, counts] of sources) writeState(store, sourceId, environment, counts);
  };
}

function affectedSources(
  store: EngineStore,
  environment: string,
  segments: readonly ArrivedSegment[],
  leaving: ReadonlyMap<number, ReadonlySet<number>>,
): Map<number, LatenessCounts> {
  const sources = new Map<number, LatenessCounts>();
  const sourceOf = sourceFinder(store);
  for (const segment of segments) {
    const rows = leaving.get(segment.segmentId);
    if (rows === undefined) continue;
    const [objects] = loadColumns(store.dataDir, segment, ({ name }) => name === 'object');
    for (const row of rows) {
      const sourceId = sourceOf(objects?.values[row] ?? 0);
      if (sourceId !== 0 && !sources.has(sourceId)) sources.set(sourceId, noLateness());
    }
  }
  for (const sourceId of sources.keys())
    if (store.writer.sourceState(sourceId, environment) === undefined) sources.delete(sourceId);
  return sources;
}

function countSegment(
  store: EngineStore,
  segment: ArrivedSegment,
  leaving: ReadonlySet<number> | undefined,
  sources: ReadonlyMap<number, LatenessCounts>,
): void {
  const loaded = loadColumns(store.dataDir, segment, ({ name }) => ['ms', 'late', 'object'].includes(name));
  const column = (name: string) => loaded.find((one) => one.column.name === name);
  const [ms, late, objects] = [column('ms'), column('late'), column('object')];
  const sourceOf = sourceFinder(store);
  const dayMs = Date.parse(segment.day);
  for (let row = 0; row < segment.rows; row++) {
    if (leaving?.has(row) === true) continue;
    const counts = sources.get(sourceOf(objects?.values[row] ?? 0));
    if (counts === undefined) continue;
    const { validity } = late ?? { validity: null };
    const isSaid =
      late !== undefined && (validity === null || (((validity[row >> 3] ?? 0) >> (row & 7)) & 1) === 1);
    countLateness(counts, dayMs + (ms?.values[row] ?? 0), isSaid ? (late.values[row] ?? NaN) : NaN);
  }
}

function sourceFinder({ db }: EngineStore): (objectId: number) => number {
  const statement = db.prepare<[number], { sourceId: number }>(
    'SELECT source_id AS sourceId FROM ledger WHERE object_id = ?',
  );
  const known = new Map<number, number>();
  return (objectId) => {
    const sourceId = known.get(objectId) ?? statement.get(objectId)?.sourceId ?? 0;
    known.set(objectId, sourceId);
    return sourceId;
  };
}

function writeState(store: EngineStore, sourceId: number, environment: string, counts: LatenessCounts): void {
  if (counts.newestTsMs === null) {
    store.db
      .prepare<[number, string]>('DELETE FROM source_state WHERE source_id = ? AND environment = ?')
      .run(sourceId, environment);
    return;
  }
  dropOldDays(counts);
  store.writer.putSourceState(sourceId, environment, {
    newestTsMs: counts.newestTsMs,
    watermarkMs: watermarkOf(counts),
    lateness: latenessToJson(counts),
  });
}
