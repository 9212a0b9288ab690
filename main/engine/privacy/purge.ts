import { storageError } from '../../catalogue/open-db.ts';
import { AppError } from '../../../shared/errors.ts';
import { readFact, writeFact } from '../freshness/engine-facts.ts';
import type { BuiltSegment } from '../store/build-segments.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { replaceSegments } from '../store/replace-segments.ts';
import { writeSegments } from '../store/segment-files.ts';
import { isPersonalColumn } from './aggregate-columns.ts';
import { type Erasure, eraseValues, noteErasures } from './erase-values.ts';
import { liveSegments } from './live-segments.ts';
import { type PlannedSegment, planPurge } from './plan-purge.ts';
import { reduceSegment } from './reduce-segment.ts';
import { purgingSources } from './retention-settings.ts';
import { type CodesByDictionary, dropShared, noteEventType, noteValues } from './values-in-use.ts';

export interface PurgeOutcome {
  days: number;
  rowsToAggregates: number;
  rowsRemoved: number;
  bytesBefore: number;
  bytesAfter: number;
}

/**
 * Old rows of the sources whose owner has switched it on become aggregates, and older ones go. Values that no row uses
 * any more, users' ids among them, are erased. One commit; a kill before it leaves everything as it was. Nothing may be
 * pending. `seenRows`: what a preview showed; where more or fewer rows would go, nothing does.
 */
export async function purge(store: EngineStore, seenRows?: number): Promise<PurgeOutcome> {
  if (store.busy) throw new AppError('conflict', 'a sync or merge is running; purge behind it');
  store.busy = true;
  try {
    return await purgeNow(store, seenRows);
  } finally {
    store.busy = false;
  }
}

const PURGED_DAY = 'purged day';

/** The same once a day, as part of a sync. A workspace that stands still grows no older. */
export async function purgeDaily(store: EngineStore): Promise<void> {
  if (store.workspace.asOfMs !== null || purgingSources(store).length === 0) return;
  const today = new Date(store.now()).toISOString().slice(0, 10);
  if (readFact(store.db, PURGED_DAY) === today) return;
  await purgeNow(store);
  writeFact(store.db, PURGED_DAY, today);
}

async function purgeNow(store: EngineStore, seenRows?: number): Promise<PurgeOutcome> {
  try {
    eraseValues(store);
    const { segments } = planPurge(store, purgingSources(store));
    checkSeen(segments, seenRows);
    const outcome = await purgeSegments(store, segments);
    eraseValues(store);
    return outcome;
  } catch (error) {
    store.abandonQuietly();
    throw storageError(store.dataDir, error);
  }
}

function checkSeen(planned: readonly PlannedSegment[], seenRows: number | undefined): void {
  const rows = planned.reduce((sum, one) => sum + one.rows.reduced.size + one.rows.removed.size, 0);
  if (seenRows === undefined || seenRows === rows) return;
  throw new AppError('conflict', `a purge would take ${rows} rows now, not ${seenRows}; look at it again`, {
    detail: { rows },
  });
}

async function purgeSegments(store: EngineStore, planned: readonly PlannedSegment[]): Promise<PurgeOutcome> {
  const erasures = unusedValues(store, planned);
  const remaining: PlannedSegment[] = [];
  const written = await writeSegments(store, reduced(store, planned, remaining), store.revision + 1);
  const count = (amount: (one: PlannedSegment) => number): number =>
    planned.reduce((sum, one) => sum + amount(one), 0);
  if (planned.length > 0) {
    await replaceSegments(store, {
      dead: planned.map(({ segment }) => segment),
      fresh: written.map((row, index) => ({
        ...row,
        arrivalRevision: remaining[index]?.segment.arrivalRevision ?? 0,
      })),
      step: 'before-purge-transaction',
      changesAnswers: true,
      record() {
        for (const one of planned) noteDays(store, one);
        noteErasures(store, erasures);
      },
    });
  }
  return {
    days: new Set(planned.map(({ segment }) => segment.day)).size,
    rowsToAggregates: count(({ rows }) => rows.reduced.size),
    rowsRemoved: count(({ rows }) => rows.removed.size),
    bytesBefore: count(({ segment }) => segment.sizeBytes),
    bytesAfter: written.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
}

function* reduced(
  store: EngineStore,
  planned: readonly PlannedSegment[],
  remaining: PlannedSegment[],
): Generator<BuiltSegment> {
  for (const one of planned) {
    const state = store.environment(one.segment.environment);
    const built = reduceSegment(store.dataDir, one.segment, one.rows, {
      state,
      shards: store.workspace.shards,
    });
    if (built === null) continue;
    remaining.push(one);
    yield built;
  }
}

function unusedValues(store: EngineStore, planned: readonly PlannedSegment[]): Erasure[] {
  const byId = new Map(planned.map((one) => [one.segment.segmentId, one]));
  const environments = new Set(planned.map(({ segment }) => segment.environment));
  const segments = liveSegments(store);
  return [...environments].flatMap((environment) => {
    const state = store.environment(environment);
    const values: CodesByDictionary = new Map();
    const own = segments.filter((segment) => segment.environment === environment);
    for (const { segment, rows } of planned.filter((one) => one.segment.environment === environment)) {
      noteValues(store, segment, rows.reduced, { values, isWanted: isPersonalColumn });
      noteValues(store, segment, rows.removed, { values, isWanted: () => true });
      if (rows.removed.size > 0) noteEventType(state, segment.eventType, values);
    }
    for (const segment of own) {
      const rows = byId.get(segment.segmentId)?.rows;
      // rows that become aggregates go on using their dimensions
      const gone = rows === undefined ? undefined : rows.removed;
      const leaving = rows === undefined ? undefined : new Set([...rows.removed, ...rows.reduced]);
      dropShared(store, state, segment, { leaving: gone, values: only(values, (name) => !isPersonal(name)) });
      dropShared(store, state, segment, { leaving, values: only(values, isPersonal) });
    }
    return [...values].flatMap(([column, codes]) =>
      codes.codes().map((code) => ({ environment, column, code, replacement: null })),
    );
  });
}

const only = (values: CodesByDictionary, isWanted: (dictionary: string) => boolean): CodesByDictionary =>
  new Map([...values].filter(([dictionary]) => isWanted(dictionary)));

const isPersonal = (dictionary: string): boolean =>
  dictionary === 'user_id' || dictionary === 'session_id' || isPersonalColumn({ name: dictionary });

function noteDays({ db }: EngineStore, { segment, bySource }: PlannedSegment): void {
  const insert = db.prepare<[Record<string, unknown>]>(
    `INSERT INTO reduced_days (environment, source_id, day, reduced, removed)
     VALUES (@environment, @sourceId, @day, @reduced, @removed)
     ON CONFLICT DO UPDATE SET reduced = reduced + excluded.reduced, removed = removed + excluded.removed`,
  );
  for (const [sourceId, counts] of bySource)
    insert.run({ environment: segment.environment, sourceId, day: segment.day, ...counts });
}
