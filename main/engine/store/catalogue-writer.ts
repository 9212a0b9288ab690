import type { WriteDb } from '../../catalogue/open-db.ts';
import { type StoredSegment, storedSegmentOf } from '../../catalogue/segment-rows.ts';
import type { SegmentRow } from '../../format/types.ts';
import type { DictionaryPlace } from './dictionary-files.ts';
import type { OpenDictionary } from './environment-state.ts';
import type { BrokenExpectation, DimensionUpsert, PendingObject, QuarantinedRow } from './pending.ts';

export interface ObjectCounts {
  read: number;
  kept: number;
  duplicate: number;
  quarantined: number;
  /** Rows of users who asked to be forgotten. */
  refused: number;
  scrubbed: number;
}

export const NO_ROWS: ObjectCounts = {
  read: 0,
  kept: 0,
  duplicate: 0,
  quarantined: 0,
  refused: 0,
  scrubbed: 0,
};

export interface SourceStateRow {
  newestTsMs: number | null;
  watermarkMs: number | null;
  /** JSON. */
  lateness: string;
}

export type LedgerEntry = Pick<
  PendingObject,
  'objectId' | 'sizeBytes' | 'version' | 'state' | 'reason' | 'rowsDone'
>;

export type CatalogueWriter = ReturnType<typeof createCatalogueWriter>;

/** The statements of a commit, prepared once. None opens a transaction: the caller groups them into one. */
export function createCatalogueWriter(db: WriteDb) {
  const nextRevision = db.prepare<[], { revision: number }>(
    'UPDATE workspace SET revision = revision + 1 RETURNING revision',
  );
  const takeIds = db.prepare<[{ segmentId: number; objectId: number }]>(
    'UPDATE workspace SET next_segment_id = @segmentId, next_object_id = @objectId',
  );
  const insertSegment = db.prepare<[StoredSegment & { arrivalRevision: number }]>(
    `INSERT INTO segments (segment_id, environment, dataset, day, event_type, event_rows, file, rows, min_ts_ms,
       max_ts_ms, size_bytes, crc32, shard_starts, columns, arrival_revision, created_revision)
     VALUES (@segmentId, @environment, @dataset, @day, @eventType, @eventRows, @file, @rows, @minTsMs, @maxTsMs,
       @sizeBytes, @crc32, @shardStarts, @columns, @arrivalRevision, @createdRevision)`,
  );
  const killSegment = db.prepare<[{ segmentId: number; revision: number; nowMs: number }]>(
    'UPDATE segments SET dead_revision = @revision, dead_at_ms = @nowMs WHERE segment_id = @segmentId',
  );
  const upsertDictionary = db.prepare<[DictionaryPlace & { environment: string; column: string }]>(
    `INSERT INTO dictionaries (environment, column_name, count, values_bytes, values_file, ends_file)
     VALUES (@environment, @column, @count, @valuesBytes, @valuesFile, @endsFile)
     ON CONFLICT DO UPDATE SET count = excluded.count, values_bytes = excluded.values_bytes`,
  );
  const upsertObject = db.prepare<
    [Omit<PendingObject, keyof ObjectCounts> & ObjectCounts & { revision: number }]
  >(
    `INSERT INTO ledger (object_id, source_id, key, size_bytes, version, state, reason, rows_done, read, kept, duplicate,
       quarantined, refused, scrubbed, revision)
     VALUES (@objectId, @sourceId, @key, @sizeBytes, @version, @state, @reason, @rowsDone, @read, @kept, @duplicate,
       @quarantined, @refused, @scrubbed, @revision)
     ON CONFLICT DO UPDATE SET state = excluded.state, reason = excluded.reason, rows_done = excluded.rows_done,
       read = read + excluded.read, kept = kept + excluded.kept, duplicate = duplicate + excluded.duplicate,
       quarantined = quarantined + excluded.quarantined, refused = refused + excluded.refused,
       scrubbed = scrubbed + excluded.scrubbed,
       revision = excluded.revision`,
  );
  const ledgerEntries = db.prepare<[{ sourceId: number; keys: string }], LedgerEntry & { key: string }>(
    `SELECT ledger.key, object_id AS objectId, size_bytes AS sizeBytes, version, state, reason, rows_done AS rowsDone
     FROM json_each(@keys) AS wanted CROSS JOIN ledger ON source_id = @sourceId AND ledger.key = wanted.value
     ORDER BY object_id`,
  );
  const addToSource = db.prepare<[ObjectCounts & { sourceId: number; files: number }]>(
    `UPDATE sources SET files = files + @files, read = read + @read, kept = kept + @kept,
       duplicate = duplicate + @duplicate, quarantined = quarantined + @quarantined, refused = refused + @refused,
       scrubbed = scrubbed + @scrubbed
     WHERE source_id = @sourceId`,
  );
  const moveToDuplicate = db.prepare<[{ objectId: number; rows: number }], { sourceId: number }>(
    `UPDATE ledger SET kept = kept - @rows, duplicate = duplicate + @rows WHERE object_id = @objectId
     RETURNING source_id AS sourceId`,
  );
  const moveToRefused = db.prepare<[{ objectId: number; rows: number }], { sourceId: number }>(
    `UPDATE ledger SET kept = kept - @rows, refused = refused + @rows WHERE object_id = @objectId
     RETURNING source_id AS sourceId`,
  );
  const addEventType = db.prepare<[number, string, string, number]>(
    `INSERT INTO source_event_types (source_id, environment, event_type, rows) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET rows = rows + excluded.rows`,
  );
  const takeFromEventType = db.prepare<
    [{ objectId: number; environment: string; eventType: string; rows: number }]
  >(
    `UPDATE source_event_types SET rows = rows - @rows
     WHERE source_id = (SELECT source_id FROM ledger WHERE object_id = @objectId)
       AND environment = @environment AND event_type = @eventType`,
  );
  const addProperty = db.prepare<[string, string, string, number]>(
    `INSERT INTO properties (environment, event_type, property, rows) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET rows = rows + excluded.rows`,
  );
  const getSourceState = db.prepare<[number, string], SourceStateRow>(
    `SELECT newest_ts_ms AS newestTsMs, watermark_ms AS watermarkMs, lateness FROM source_state
     WHERE source_id = ? AND environment = ?`,
  );
  const putSourceState = db.prepare<[SourceStateRow & { sourceId: number; environment: string }]>(
    `INSERT INTO source_state (source_id, environment, newest_ts_ms, watermark_ms, lateness)
     VALUES (@sourceId, @environment, @newestTsMs, @watermarkMs, @lateness)
     ON CONFLICT DO UPDATE SET newest_ts_ms = excluded.newest_ts_ms, watermark_ms = excluded.watermark_ms,
       lateness = excluded.lateness`,
  );
  const insertQuarantine = db.prepare<[QuarantinedRow & { revision: number }]>(
    `INSERT INTO quarantine (source_id, object_id, position, environment, reason, field, row_copy, revision)
     VALUES (@sourceId, @objectId, @position, @environment, @reason, @field, @copy, @revision)`,
  );
  const addQuarantineCount = db.prepare<[number, string, string, number]>(
    `INSERT INTO quarantine_counts (source_id, reason, field, rows) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET rows = rows + excluded.rows`,
  );
  const addScrubCount = db.prepare<[number, string, string, number]>(
    `INSERT INTO scrub_counts (source_id, column_name, kind, count) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET count = count + excluded.count`,
  );
  const addBroken = db.prepare<[BrokenExpectation & { rows: number }]>(
    `INSERT INTO expectation_counts (source_id, environment, event_type, field, problem, rows)
     VALUES (@sourceId, @environment, @eventType, @field, @problem, @rows)
     ON CONFLICT DO UPDATE SET rows = rows + excluded.rows`,
  );
  const getDimensionRow = db.prepare<[string, string, string], { row: string }>(
    'SELECT row FROM dimension_rows WHERE environment = ? AND dataset = ? AND key = ?',
  );
  const putDimensionRow = db.prepare<[DimensionUpsert & { revision: number }]>(
    `INSERT INTO dimension_rows (environment, dataset, key, row, object_id, revision)
     VALUES (@environment, @dataset, @key, @row, @objectId, @revision)
     ON CONFLICT DO UPDATE SET row = excluded.row, object_id = excluded.object_id, revision = excluded.revision`,
  );
  const putCheckpoint = db.prepare<[string, number]>('UPDATE sources SET checkpoint = ? WHERE source_id = ?');
  const putSweep = db.prepare<[{ environment: string; revision: number; nowMs: number; removed: number }]>(
    `INSERT INTO sweeps (environment, swept_revision, at_ms, removed)
     VALUES (@environment, @revision, @nowMs, @removed)
     ON CONFLICT DO UPDATE SET swept_revision = excluded.swept_revision, at_ms = excluded.at_ms,
       removed = removed + excluded.removed`,
  );
  const putMerge = db.prepare<[{ environment: string; revision: number; nowMs: number; days: number }]>(
    `INSERT INTO merges (environment, merged_revision, at_ms, days) VALUES (@environment, @revision, @nowMs, @days)
     ON CONFLICT DO UPDATE SET merged_revision = excluded.merged_revision, at_ms = excluded.at_ms,
       days = days + excluded.days`,
  );

  return {
    nextRevision: (): number => nextRevision.get()?.revision ?? 0,
    takeIds: (ids: { segmentId: number; objectId: number }) => takeIds.run(ids),
    insertSegment: (row: SegmentRow, arrivalRevision: number) =>
      insertSegment.run({ ...storedSegmentOf(row), arrivalRevision }),
    killSegment: (segmentId: number, revision: number, nowMs: number) =>
      killSegment.run({ segmentId, revision, nowMs }),
    upsertDictionary(environment: string, { column, place, dictionary }: OpenDictionary) {
      const { count, bytesUsed } = dictionary;
      upsertDictionary.run({ environment, column, ...place, count, valuesBytes: bytesUsed });
    },
    putDictionary: (environment: string, column: string, place: DictionaryPlace) =>
      upsertDictionary.run({ environment, column, ...place }),
    upsertObject: (object: Omit<PendingObject, keyof ObjectCounts>, counts: ObjectCounts, revision: number) =>
      upsertObject.run({ ...object, ...counts, revision }),
    /** Every version of the objects that the ledger knows; of one object in the order of arrival. */
    ledgerEntries: (sourceId: number, keys: readonly string[]) =>
      ledgerEntries.all({ sourceId, keys: JSON.stringify(keys) }),
    addToSource: (sourceId: number, files: number, counts: ObjectCounts) =>
      addToSource.run({ sourceId, files, ...counts }),
    moveToDuplicate(objectId: number, rows: number) {
      const sourceId = moveToDuplicate.get({ objectId, rows })?.sourceId;
      if (sourceId === undefined) return;
      addToSource.run({ ...NO_ROWS, sourceId, files: 0, kept: -rows, duplicate: rows });
    },
    /** Rows that were kept until their user asked to be forgotten. */
    moveToRefused(objectId: number, rows: number) {
      const sourceId = moveToRefused.get({ objectId, rows })?.sourceId;
      if (sourceId === undefined) return;
      addToSource.run({ ...NO_ROWS, sourceId, files: 0, kept: -rows, refused: rows });
    },
    addEventType: (sourceId: number, environment: string, eventType: string, rows: number) =>
      addEventType.run(sourceId, environment, eventType, rows),
    takeFromEventType: (objectId: number, environment: string, eventType: string, rows: number) =>
      takeFromEventType.run({ objectId, environment, eventType, rows }),
    addProperty: (environment: string, eventType: string, property: string, rows: number) =>
      addProperty.run(environment, eventType, property, rows),
    sourceState: (sourceId: number, environment: string) => getSourceState.get(sourceId, environment),
    putSourceState: (sourceId: number, environment: string, state: SourceStateRow) =>
      putSourceState.run({ sourceId, environment, ...state }),
    insertQuarantine: (row: QuarantinedRow, revision: number) => insertQuarantine.run({ ...row, revision }),
    addQuarantineCount: (sourceId: number, reason: string, field: string, rows: number) =>
      addQuarantineCount.run(sourceId, reason, field, rows),
    addScrubCount: (sourceId: number, column: string, kind: string, count: number) =>
      addScrubCount.run(sourceId, column, kind, count),
    addBroken: (broken: BrokenExpectation & { rows: number }) => addBroken.run(broken),
    /** JSON of the stored row, undefined if there is none. */
    dimensionRow: (environment: string, dataset: string, key: string): string | undefined =>
      getDimensionRow.get(environment, dataset, key)?.row,
    putDimensionRow: (row: DimensionUpsert, revision: number) => putDimensionRow.run({ ...row, revision }),
    putCheckpoint: (sourceId: number, checkpoint: string) => putCheckpoint.run(checkpoint, sourceId),
    putSweep: (environment: string, revision: number, nowMs: number, removed: number) =>
      putSweep.run({ environment, revision, nowMs, removed }),
    putMerge: (environment: string, revision: number, nowMs: number, days: number) =>
      putMerge.run({ environment, revision, nowMs, days }),
  };
}
