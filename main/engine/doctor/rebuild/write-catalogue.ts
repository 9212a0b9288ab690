import { type WriteDb, openWriteDb } from '../../../catalogue/open-db.ts';
import type { WorkspaceRow } from '../../../catalogue/types.ts';
import { increment } from '../../store/batch-facts.ts';
import { type CatalogueWriter, createCatalogueWriter } from '../../store/catalogue-writer.ts';
import type { RecoveredDictionary } from './read-dictionaries.ts';
import type { Salvage, SalvagedSource } from './salvage.ts';
import type { RecoveredSegment } from './survey-segments.ts';

export interface RecoveredCatalogue {
  workspace: WorkspaceRow;
  counters: Salvage['counters'];
  sources: readonly SalvagedSource[];
  segments: readonly RecoveredSegment[];
  dictionaries: readonly RecoveredDictionary[];
  nowMs: number;
}

/**
 * Writes a catalogue of what was recovered into a new file. Stored events belong to one source of their own, with one
 * entry in its ledger per object that the segments name, so that all counts add up as they do elsewhere.
 */
export function writeCatalogue(dataDir: string, file: string, recovered: RecoveredCatalogue): void {
  const db = openWriteDb(dataDir, file);
  try {
    const writer = createCatalogueWriter(db);
    db.transaction(() => {
      writeWorkspace(db, recovered);
      for (const source of recovered.sources) writeSource(db, source);
      const sourceId = writeRecoverySource(db, recovered);
      for (const { environment, column, place } of recovered.dictionaries)
        writer.putDictionary(environment, column, place);
      for (const { row } of recovered.segments) writer.insertSegment(row, row.createdRevision);
      writeLedger(writer, sourceId, recovered);
      writeEventTypes(writer, sourceId, recovered);
      writeProperties(writer, recovered);
    })();
    db.pragma('wal_checkpoint(TRUNCATE)'); // the file alone is then the whole catalogue
  } finally {
    db.close();
  }
}

function writeWorkspace(db: WriteDb, { workspace, counters, nowMs }: RecoveredCatalogue): void {
  db.prepare(
    `INSERT INTO workspace (singleton, workspace_id, name, zone, week_start, as_of_ms, shards, created_at_ms,
       revision, next_segment_id, next_object_id)
     VALUES (1, @workspaceId, @name, @zone, @weekStart, @asOfMs, @shards, @nowMs, @revision, @nextSegmentId,
       @nextObjectId)`,
  ).run({ ...workspace, ...counters, nowMs });
}

function writeSource(db: WriteDb, source: SalvagedSource): void {
  db.prepare(
    `INSERT INTO sources (source_id, name, kind, environment, dataset, config, freshness_target_ms, created_at_ms)
     VALUES (@sourceId, @name, @kind, @environment, @dataset, @config, @freshnessTargetMs, @createdAtMs)`,
  ).run({ ...source });
}

const RECOVERY_SOURCE = 'Recovered events';

function writeRecoverySource(db: WriteDb, { sources, nowMs }: RecoveredCatalogue): number {
  const taken = new Set(sources.map(({ name }) => name));
  let name = RECOVERY_SOURCE;
  for (let n = 2; taken.has(name); n++) name = `${RECOVERY_SOURCE} ${n}`;
  const row = db
    .prepare<[{ name: string; nowMs: number }], { sourceId: number }>(
      `INSERT INTO sources (name, kind, dataset, config, created_at_ms) VALUES (@name, 'import', 'events', '{}', @nowMs)
       RETURNING source_id AS sourceId`,
    )
    .get({ name, nowMs });
  return row?.sourceId ?? 0;
}

function writeLedger(
  writer: CatalogueWriter,
  sourceId: number,
  { segments, counters }: RecoveredCatalogue,
): void {
  const rowsByObject = new Map<number, number>();
  for (const segment of segments)
    for (const [objectId, rows] of segment.rowsByObject) increment(rowsByObject, objectId, rows);
  for (const [objectId, rows] of rowsByObject) {
    const counts = { read: rows, kept: rows, duplicate: 0, quarantined: 0, refused: 0, scrubbed: 0 };
    const object = {
      objectId,
      sourceId,
      key: `object ${objectId}`,
      sizeBytes: 0,
      version: '',
      rowsDone: rows,
    };
    writer.upsertObject(
      { ...object, state: 'done', reason: 'recovered from segments' },
      counts,
      counters.revision,
    );
    writer.addToSource(sourceId, 1, counts);
  }
}

/** How complete the recovered events are nobody can say: they have a newest time, but no watermark. */
function writeEventTypes(writer: CatalogueWriter, sourceId: number, { segments }: RecoveredCatalogue): void {
  const newest = new Map<string, number>();
  for (const { row } of segments) {
    for (const [eventType, rows] of Object.entries(row.eventRows))
      writer.addEventType(sourceId, row.environment, eventType, rows);
    newest.set(row.environment, Math.max(newest.get(row.environment) ?? 0, row.maxTsMs));
  }
  for (const [environment, newestTsMs] of newest)
    writer.putSourceState(sourceId, environment, { newestTsMs, watermarkMs: null, lateness: '[]' });
}

function writeProperties(writer: CatalogueWriter, { segments }: RecoveredCatalogue): void {
  for (const { row, rowsByProperty } of segments) {
    for (const [property, byType] of rowsByProperty) {
      for (const [eventType, rows] of byType) writer.addProperty(row.environment, eventType, property, rows);
    }
  }
}
