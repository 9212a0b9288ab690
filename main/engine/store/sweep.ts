import { setImmediate as nextTurn } from 'node:timers/promises';
import { type StoredSegment, SEGMENT_COLUMNS, segmentRowOf } from '../../catalogue/segment-rows.ts';
import { storageError } from '../../catalogue/open-db.ts';
import type { BuiltSegment } from './build-segments.ts';
import type { EngineStore } from './engine-store.ts';
import { mix32 } from './byte-hash.ts';
import { IdTable } from './id-table.ts';
import { type RefusedCopies, addCopy } from './dedupe.ts';
import { readIds, readObjectIds } from './read-ids.ts';
import { writeCopies } from './replace-objects.ts';
import { type ArrivedSegment, replaceSegments } from './replace-segments.ts';
import { type RemovedRows, rewriteSegment } from './rewrite-segment.ts';
import { writeSegments } from './segment-files.ts';

export interface SweepOptions {
  /** Ids that are held in memory at once. */
  idsPerPartition: number;
  signal?: AbortSignal;
}

/**
 * Removes rows whose id is already in a segment further away than the door looks. Compares every id that came since
 * the last sweep with every other, in partitions of the ids' hash so that memory stays bounded. The first to arrive
 * stays. Nothing may be pending. Returns how many rows went.
 */
export async function sweepDuplicates(store: EngineStore, options: SweepOptions): Promise<number> {
  let removed = 0;
  for (const { environment, sweptRevision } of environmentsToSweep(store)) {
    const segments = liveSegments(store, environment);
    const losers = await findLosers(store, segments, sweptRevision, options);
    removed += await removeRows(store, environment, losers);
  }
  return removed;
}

function environmentsToSweep(store: EngineStore): { environment: string; sweptRevision: number }[] {
  return store.db
    .prepare<[], { environment: string; sweptRevision: number }>(
      `SELECT segments.environment, coalesce(swept_revision, 0) AS sweptRevision
       FROM segments LEFT JOIN sweeps USING (environment)
       WHERE dead_revision IS NULL AND dataset = 'events'
       GROUP BY segments.environment HAVING max(arrival_revision) > coalesce(swept_revision, 0)`,
    )
    .all();
}

/** In order of arrival: rows of one commit never share an id, so their order among themselves does not matter. */
function liveSegments(store: EngineStore, environment: string): ArrivedSegment[] {
  return store.db
    .prepare<[string], StoredSegment & { arrivalRevision: number }>(
      `SELECT ${SEGMENT_COLUMNS}, arrival_revision AS arrivalRevision FROM segments
       WHERE environment = ? AND dataset = 'events' AND dead_revision IS NULL
       ORDER BY arrival_revision, segment_id`,
    )
    .all(environment)
    .map((row) => ({ ...segmentRowOf(row), arrivalRevision: row.arrivalRevision }));
}

/** By segment: the rows that came later than another row with their id, and the object that holds that one. */
type Losers = Map<ArrivedSegment, Map<number, number>>;

async function findLosers(
  store: EngineStore,
  segments: readonly ArrivedSegment[],
  sweptRevision: number,
  { idsPerPartition, signal }: SweepOptions,
): Promise<Losers> {
  const losers: Losers = new Map();
  const fresh = segments.filter(({ arrivalRevision }) => arrivalRevision > sweptRevision);
  const older = segments.filter(({ arrivalRevision }) => arrivalRevision <= sweptRevision);
  if (fresh.length === segments.length && new Set(fresh.map((one) => one.arrivalRevision)).size <= 1)
    return losers;
  const freshIds = fresh.reduce((sum, { rows }) => sum + rows, 0);
  const partitions = Math.max(1, Math.ceil(freshIds / idsPerPartition));
  for (let partition = 0; partition < partitions; partition++) {
    await sweepPartition(store, { fresh, older, partition, partitions, signal }, losers);
  }
  return losers;
}

const ROWS_LIMIT = 2 ** 31; // no segment has more rows

interface Partition {
  fresh: readonly ArrivedSegment[];
  older: readonly ArrivedSegment[];
  partition: number;
  partitions: number;
  signal: AbortSignal | undefined;
}

async function sweepPartition(
  store: EngineStore,
  { fresh, older, partition, partitions, signal }: Partition,
  losers: Losers,
): Promise<void> {
  const table = new IdTable(Math.ceil(fresh.reduce((sum, { rows }) => sum + rows, 0) / partitions));
  const places: number[] = []; // by entry of the table: index of the segment × ROWS_LIMIT + row
  const objectAt = objectFinder(store.dataDir);
  const isMine = (ids: Uint32Array, at: number): boolean =>
    partitions === 1 || mix32((ids[at] ?? 0) ^ (ids[at + 3] ?? 0)) % partitions === partition;

  for (const [index, segment] of fresh.entries()) {
    const ids = readIds(store.dataDir, segment);
    for (let at = 0; at < ids.length; at += 4) {
      if (!isMine(ids, at)) continue;
      const entry = table.add(ids, at);
      if (entry === -1) places.push(index * ROWS_LIMIT + at / 4);
      else {
        const place = places[entry] ?? 0;
        const holder = fresh[Math.floor(place / ROWS_LIMIT)] ?? segment;
        addLoser(losers, segment, at / 4, objectAt(holder, place % ROWS_LIMIT));
      }
    }
    signal?.throwIfAborted();
    await nextTurn();
  }
  for (const segment of older) {
    const ids = readIds(store.dataDir, segment);
    for (let at = 0; at < ids.length; at += 4) {
      const place = places[table.find(ids, at)];
      if (place === undefined) continue;
      const later = fresh[Math.floor(place / ROWS_LIMIT)];
      if (later !== undefined) addLoser(losers, later, place % ROWS_LIMIT, objectAt(segment, at / 4));
    }
    signal?.throwIfAborted();
    await nextTurn();
  }
}

function addLoser(losers: Losers, segment: ArrivedSegment, row: number, holder: number): void {
  const rows = losers.get(segment) ?? new Map<number, number>();
  losers.set(segment, rows.set(row, holder));
}

/** The object of a row; the latest segment's are kept at hand, since hits tend to lie together. */
function objectFinder(dataDir: string): (segment: ArrivedSegment, row: number) => number {
  let latest: ArrivedSegment | undefined;
  let objects: ArrayLike<number> = [];
  return (segment, row) => {
    if (segment !== latest) objects = readObjectIds(dataDir, segment);
    latest = segment;
    return objects[row] ?? 0;
  };
}

/** Writes the losing segments anew and counts their rows as duplicates, all in one commit. */
async function removeRows(store: EngineStore, environment: string, losers: Losers): Promise<number> {
  if (losers.size === 0) {
    store.writer.putSweep(environment, store.revision, store.now(), 0);
    return 0;
  }
  const removed = [...losers.values()].reduce((sum, rows) => sum + rows.size, 0);
  try {
    const removals: Removal[] = [];
    const written = await writeSegments(store, remainders(store, losers, removals), store.revision + 1);
    const remaining = removals.flatMap(({ segment, isWhole }) => (isWhole ? [] : [segment]));
    await replaceSegments(store, {
      dead: [...losers.keys()],
      fresh: written.map((row, index) => ({
        ...row,
        arrivalRevision: remaining[index]?.arrivalRevision ?? 0,
      })),
      step: 'before-sweep-transaction',
      changesAnswers: true,
      record(revision) {
        for (const removal of removals) countAsDuplicates(store, environment, removal);
        store.writer.putSweep(environment, revision, store.now(), removed);
      },
    });
    return removed;
  } catch (error) {
    store.abandonQuietly();
    throw storageError(store.dataDir, error);
  }
}

function copiesOf(
  dataDir: string,
  segment: ArrivedSegment,
  rows: ReadonlyMap<number, number>,
): RefusedCopies {
  const objects = readObjectIds(dataDir, segment);
  const copies: RefusedCopies = new Map();
  for (const [row, holder] of rows) addCopy(copies, holder, objects[row] ?? 0);
  return copies;
}

/** What went from one segment; whole: no row is left. */
interface Removal extends RemovedRows {
  segment: ArrivedSegment;
  isWhole: boolean;
  /** Who holds what was removed. */
  refused: RefusedCopies;
}

/** One segment at a time is in memory; what was removed is noted on the way. */
function* remainders(store: EngineStore, losers: Losers, removals: Removal[]): Generator<BuiltSegment> {
  for (const [segment, rows] of losers) {
    const state = store.environment(segment.environment);
    const leaving = new Set(rows.keys());
    const { built, removed } = rewriteSegment(store.dataDir, segment, leaving, state, store.workspace.shards);
    const refused = copiesOf(store.dataDir, segment, rows);
    removals.push({ segment, isWhole: built === null, refused, ...removed });
    if (built !== null) yield built;
  }
}

function countAsDuplicates(store: EngineStore, environment: string, removal: Removal): void {
  const { writer } = store;
  const { byObject, byType, refused } = removal;
  writeCopies(store, refused);
  for (const [objectId, rows] of byObject) writer.moveToDuplicate(objectId, rows);
  for (const [eventType, ofType] of byType) {
    for (const [objectId, rows] of ofType) writer.takeFromEventType(objectId, environment, eventType, rows);
  }
}
