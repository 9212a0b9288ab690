import type { SegmentRow } from '../../format/types.ts';
import {
  dropOldDays,
  latenessFromJson,
  latenessToJson,
  noLateness,
  watermarkOf,
} from '../freshness/lateness.ts';
import { type BatchFacts, countBatchLateness, increment } from './batch-facts.ts';
import { NO_ROWS, type ObjectCounts } from './catalogue-writer.ts';
import type { EngineStore } from './engine-store.ts';
import type { EnvironmentState } from './environment-state.ts';
import type { RefusedCopies } from './dedupe.ts';
import { recordGrownDictionaries } from './grown-dictionaries.ts';
import type { DimensionUpsert, PendingObject } from './pending.ts';
import { dropReplaced, finishReplaced } from './replace-objects.ts';
import type { RemovedRows } from './rewrite-segment.ts';

export interface CommitTimes {
  dedupeMs: number;
  segmentsMs: number;
  transactionMs: number;
}

export interface CommitResult {
  revision: number;
  /** Of the rows that this commit made durable. */
  counts: ObjectCounts;
  bySource: Map<number, ObjectCounts>;
  /** New segments, and values that no dictionary knew before. */
  segments: number;
  newValues: number;
  took: CommitTimes;
}

/** What the transaction itself knows of its commit. */
export type Transacted = Pick<CommitResult, 'revision' | 'counts' | 'bySource'>;

export interface PreparedEnvironment {
  environment: EnvironmentState;
  /** By row of the batch: 1 kept, 0 duplicate. */
  kept: Uint8Array;
  facts: BatchFacts;
  segments: SegmentRow[];
  refused: RefusedCopies;
  /** Segments that lose the rows of replaced objects. */
  rewrites: readonly Rewrite[];
  /** Replaced objects of whose ids some do not come again. */
  bereft: ReadonlySet<number>;
}

export interface Rewrite {
  old: SegmentRow;
  arrivalRevision: number;
  /** null: no row is left. */
  written: SegmentRow | null;
  removed: RemovedRows;
}

/** The one transaction of a commit: segments, dictionaries, ledger, counts and the next revision, or nothing. */
export function runTransaction(store: EngineStore, prepared: readonly PreparedEnvironment[]): Transacted {
  const { writer } = store;
  return store.db.transaction((): Transacted => {
    const revision = writer.nextRevision();
    writer.takeIds({ segmentId: store.nextSegmentId, objectId: store.nextObjectId });
    recordGrownDictionaries(store);
    const kept = new Map<number, number>();
    const duplicate = new Map<number, number>();
    for (const { segments, facts } of prepared) {
      for (const segment of segments) writer.insertSegment(segment, revision);
      for (const [objectId, rows] of facts.keptByObject) increment(kept, objectId, rows);
      for (const [objectId, rows] of facts.duplicateByObject) increment(duplicate, objectId, rows);
    }
    for (const { rewrites } of prepared) replaceObjectRows(store, rewrites, revision);
    const reread = dropReplaced(store, new Set(prepared.flatMap(({ bereft }) => [...bereft])));
    const changed = splitDimensions(store, kept, duplicate);
    writeObjects(store, kept, duplicate, revision); // before the rows that refer to them
    finishReplaced(
      store,
      prepared.map(({ refused }) => refused),
      reread,
    );
    store.step('inside-transaction');
    for (const row of changed) writer.putDimensionRow(row, revision);
    for (const one of prepared) writeBatchFacts(store, one);
    writeQuarantine(store, revision);
    writeScrubs(store);
    for (const broken of store.facts.brokenCounts()) writer.addBroken(broken);
    for (const [sourceId, checkpoint] of store.facts.checkpoints) writer.putCheckpoint(sourceId, checkpoint);
    const bySource = countsBySource(store, kept, duplicate);
    return { revision, counts: totalOf(bySource), bySource };
  })();
}

function replaceObjectRows(store: EngineStore, rewrites: readonly Rewrite[], revision: number): void {
  const { writer } = store;
  for (const { old, arrivalRevision, written, removed } of rewrites) {
    writer.killSegment(old.segmentId, revision, store.now());
    if (written !== null) writer.insertSegment(written, arrivalRevision);
    for (const [eventType, byObject] of removed.byType) {
      for (const [objectId, rows] of byObject)
        writer.takeFromEventType(objectId, old.environment, eventType, rows);
    }
  }
}

/** Dimension rows that change something, in order; one that says what is already known counts as a duplicate. */
function splitDimensions(
  store: EngineStore,
  kept: Map<number, number>,
  duplicate: Map<number, number>,
): DimensionUpsert[] {
  const newest = new Map<string, string>();
  const changed: DimensionUpsert[] = [];
  for (const row of store.facts.dimensions) {
    const name = JSON.stringify([row.environment, row.dataset, row.key]);
    const known = newest.get(name) ?? store.writer.dimensionRow(row.environment, row.dataset, row.key);
    newest.set(name, row.row);
    increment(known === row.row ? duplicate : kept, row.objectId);
    if (known !== row.row) changed.push(row);
  }
  return changed;
}

function writeObjects(
  store: EngineStore,
  kept: ReadonlyMap<number, number>,
  duplicate: ReadonlyMap<number, number>,
  revision: number,
): void {
  for (const object of store.facts.objects.values()) {
    const counts = countsOf(object, kept, duplicate);
    store.writer.upsertObject(object, counts, revision);
    store.writer.addToSource(object.sourceId, object.state === 'reading' ? 0 : 1, counts);
  }
}

const countsOf = (
  { objectId, read, quarantined, refused, scrubbed }: PendingObject,
  kept: ReadonlyMap<number, number>,
  duplicate: ReadonlyMap<number, number>,
): ObjectCounts => ({
  read,
  kept: kept.get(objectId) ?? 0,
  duplicate: duplicate.get(objectId) ?? 0,
  quarantined,
  refused,
  scrubbed,
});

function writeBatchFacts(store: EngineStore, { environment, kept, facts }: PreparedEnvironment): void {
  const { writer } = store;
  for (const [eventType, byProperty] of facts.rowsByProperty) {
    for (const [property, rows] of byProperty)
      writer.addProperty(environment.name, eventType, property, rows);
  }
  for (const [sourceId, byType] of facts.rowsByType) {
    for (const [eventType, rows] of byType) writer.addEventType(sourceId, environment.name, eventType, rows);
    writeSourceState(store, environment, kept, sourceId);
  }
}

function writeSourceState(
  store: EngineStore,
  environment: EnvironmentState,
  kept: Uint8Array,
  sourceId: number,
): void {
  const { objects } = store.facts;
  const stored = store.writer.sourceState(sourceId, environment.name);
  const counts = stored === undefined ? noLateness() : latenessFromJson(stored.newestTsMs, stored.lateness);
  countBatchLateness(environment, kept, (objectId) => objects.get(objectId)?.sourceId === sourceId, counts);
  dropOldDays(counts);
  store.writer.putSourceState(sourceId, environment.name, {
    newestTsMs: counts.newestTsMs,
    watermarkMs: watermarkOf(counts),
    lateness: latenessToJson(counts),
  });
}

function writeQuarantine(store: EngineStore, revision: number): void {
  for (const row of store.facts.quarantine) store.writer.insertQuarantine(row, revision);
  for (const { sourceId, reason, field, rows } of store.facts.quarantineCounts()) {
    store.writer.addQuarantineCount(sourceId, reason, field, rows);
  }
}

function writeScrubs(store: EngineStore): void {
  for (const { sourceId, column, kind, count } of store.facts.scrubCounts()) {
    store.writer.addScrubCount(sourceId, column, kind, count);
  }
}

function countsBySource(
  store: EngineStore,
  kept: ReadonlyMap<number, number>,
  duplicate: ReadonlyMap<number, number>,
): Map<number, ObjectCounts> {
  const bySource = new Map<number, ObjectCounts>();
  for (const object of store.facts.objects.values()) {
    const known = bySource.get(object.sourceId) ?? NO_ROWS;
    bySource.set(object.sourceId, added(known, countsOf(object, kept, duplicate)));
  }
  return bySource;
}

const added = (a: ObjectCounts, b: ObjectCounts): ObjectCounts => ({
  read: a.read + b.read,
  kept: a.kept + b.kept,
  duplicate: a.duplicate + b.duplicate,
  quarantined: a.quarantined + b.quarantined,
  refused: a.refused + b.refused,
  scrubbed: a.scrubbed + b.scrubbed,
});

const totalOf = (bySource: ReadonlyMap<number, ObjectCounts>): ObjectCounts =>
  [...bySource.values()].reduce(added, NO_ROWS);
