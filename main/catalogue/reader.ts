import { type Statement } from 'better-sqlite3';
import { Taxonomy } from '../../shared/domain/taxonomy.ts';
import { AppError } from '../../shared/errors.ts';
import type { SegmentRow } from '../format/types.ts';
import { SELECT_GAPS, SELECT_MISMATCHES, type StoredGap, gapRowOf } from './mark-rows.ts';
import { type ReadDb, guarded, openReadDb } from './open-db.ts';
import { SEGMENT_COLUMNS, type StoredSegment, segmentRowOf } from './segment-rows.ts';
import { SOURCE_COLUMNS, type StoredSource, sourceRowOf } from './source-rows.ts';
import type {
  CatalogueReader,
  CatalogueSnapshot,
  CohortRow,
  DictionaryRow,
  MismatchRow,
  PropertyRow,
  SourceRow,
  WorkspaceRow,
} from './types.ts';

/** Segments are immutable: one parsed row serves every later snapshot. */
type SegmentCache = Map<number, SegmentRow>;

const MAX_CACHED_SEGMENTS = 200_000; // about 2 kB each

/** Opens an existing catalogue; snapshots draw on a small pool of read-only connections, one per open snapshot. */
export function openCatalogueReader(dataDir: string): CatalogueReader {
  const segments: SegmentCache = new Map();
  const idle: Connection[] = [connect(dataDir)];
  const all = new Set(idle);
  let closed = false;

  return {
    snapshot() {
      if (closed) throw new AppError('internal', 'the catalogue reader is closed');
      const connection = idle.pop() ?? connect(dataDir);
      all.add(connection);
      return guarded(dataDir, () => beginSnapshot(connection, segments, () => idle.push(connection)));
    },
    close() {
      closed = true;
      for (const { db } of all) db.close();
      all.clear();
    },
  };
}

type Connection = ReturnType<typeof connect>;

function connect(dataDir: string) {
  const db = openReadDb(dataDir);
  return { db, statements: guarded(dataDir, () => prepareAll(db)) };
}

const COHORT_COLUMNS = `cohort_id AS cohortId, name, definition, created_at_ms AS createdAtMs,
  changed_at_ms AS changedAtMs, version`;

interface DimensionJson {
  row: string;
}

/** Prepared once per connection: a snapshot itself costs two statements. */
function prepareAll(db: ReadDb) {
  const live = `environment = ? AND dataset = ? AND dead_revision IS NULL`;
  return {
    begin: db.prepare<[]>('BEGIN'),
    commit: db.prepare<[]>('COMMIT'),
    revision: db.prepare<[], { revision: number }>('SELECT revision FROM workspace'),
    workspace: db.prepare<[], WorkspaceRow>(
      `SELECT workspace_id AS workspaceId, name, zone, week_start AS weekStart, as_of_ms AS asOfMs, shards
       FROM workspace`,
    ),
    environments: db.prepare<[], { environment: string }>(
      `SELECT environment FROM segments WHERE dead_revision IS NULL
       UNION SELECT environment FROM dimension_rows
       UNION SELECT environment FROM sources WHERE environment IS NOT NULL ORDER BY environment`,
    ),
    segmentIds: db.prepare<[string, string, string, string, number, number], { segmentId: number }>(
      `SELECT segment_id AS segmentId FROM segments
       WHERE ${live} AND day >= ? AND day <= ? AND max_ts_ms >= ? AND min_ts_ms < ? ORDER BY day, segment_id`,
    ),
    segment: db.prepare<[number], StoredSegment>(
      `SELECT ${SEGMENT_COLUMNS} FROM segments WHERE segment_id = ?`,
    ),
    dictionary: db.prepare<[string, string], DictionaryRow>(
      `SELECT environment, column_name AS "column", count, values_file AS valuesFile, ends_file AS endsFile,
         erased_revision AS erasedRevision FROM dictionaries WHERE environment = ? AND column_name = ?`,
    ),
    sources: db.prepare<[{ environment: string | null }], StoredSource>(
      `SELECT ${SOURCE_COLUMNS} FROM sources LEFT JOIN source_state USING (source_id)
       WHERE removed_at_ms IS NULL
         AND (@environment IS NULL OR coalesce(source_state.environment, sources.environment) = @environment)
       ORDER BY sources.source_id, source_state.environment`,
    ),
    gaps: db.prepare<[string], StoredGap>(SELECT_GAPS),
    mismatches: db.prepare<[string], MismatchRow>(SELECT_MISMATCHES),
    properties: db.prepare<[string], PropertyRow>(
      `SELECT event_type AS eventType, property, rows FROM properties
       WHERE environment = ? ORDER BY event_type, property`,
    ),
    dimension: db.prepare<[string, string], DimensionJson>(
      'SELECT row FROM dimension_rows WHERE environment = ? AND dataset = ? ORDER BY key',
    ),
    reducedDays: db.prepare<[string], { source: string; day: string }>(
      `SELECT name AS source, day FROM reduced_days JOIN sources USING (source_id)
       WHERE reduced_days.environment = ? ORDER BY day, name`,
    ),
    stateReadings: db.prepare<[string], { source: string; state: string; readAs: string }>(
      `SELECT name AS source, reading.key AS state, reading.value AS readAs
       FROM sources, json_each(config, '$.states') AS reading
       WHERE environment = ? AND dataset = 'events' ORDER BY name, reading.key`,
    ),
    cohorts: db.prepare<[string], CohortRow>(
      `SELECT ${COHORT_COLUMNS} FROM cohorts WHERE environment = ? AND definition IS NOT NULL
       ORDER BY name COLLATE NOCASE, cohort_id`,
    ),
    cohort: db.prepare<[string, string], CohortRow>(
      `SELECT ${COHORT_COLUMNS} FROM cohorts
       WHERE environment = ? AND cohort_id = ? AND definition IS NOT NULL`,
    ),
    cohortsVersion: db.prepare<[], { version: number }>(
      'SELECT coalesce(max(version), 0) AS version FROM cohorts',
    ),
  };
}

const EARLIEST_DAY = '0000-00-00';
const LATEST_DAY = '9999-99-99';
const FIRST_DAY_MS = Date.UTC(2000, 0); // DATA §1: nothing earlier is stored
const LAST_DAY_MS = Date.UTC(9999, 11, 31);

function dayBound(tsMs: number | null, unbounded: string): string {
  if (tsMs === null) return unbounded;
  if (tsMs < FIRST_DAY_MS) return EARLIEST_DAY;
  return tsMs > LAST_DAY_MS ? LATEST_DAY : new Date(tsMs).toISOString().slice(0, 10);
}

function beginSnapshot(connection: Connection, cache: SegmentCache, release: () => void): CatalogueSnapshot {
  const { statements } = connection;
  const revision = pin(statements);
  let open = true;

  return {
    revision,
    workspace: () => theOnly(statements.workspace.get()),
    environments: () => statements.environments.all().map(({ environment }) => environment),
    segments({ environment, dataset, fromMs, toMs }) {
      const ids = statements.segmentIds.all(
        environment,
        dataset,
        dayBound(fromMs, EARLIEST_DAY),
        dayBound(toMs, LATEST_DAY),
        fromMs ?? Number.MIN_SAFE_INTEGER,
        toMs ?? Number.MAX_SAFE_INTEGER,
      );
      return ids.map(({ segmentId }) => cachedSegment(statements.segment, segmentId, cache));
    },
    dictionary: (environment, column) => statements.dictionary.get(environment, column),
    sources: (environment): SourceRow[] =>
      statements.sources.all({ environment: environment ?? null }).map(sourceRowOf),
    gaps: (environment) => statements.gaps.all(environment).map(gapRowOf),
    mismatches: (environment) => statements.mismatches.all(environment),
    properties: (environment) => statements.properties.all(environment),
    dimension: (environment, dataset) => dimensionRows(statements.dimension, environment, dataset),
    taxonomies: (environment) =>
      dimensionRows(statements.dimension, environment, 'taxonomy')
        .map((row) => Taxonomy.parse(row))
        .sort(byValidFrom),
    reducedDays: (environment) => statements.reducedDays.all(environment),
    stateReadings: (environment) => statements.stateReadings.all(environment),
    cohorts: (environment) => statements.cohorts.all(environment),
    cohort: (environment, cohortId) => statements.cohort.get(environment, cohortId),
    cohortsVersion: () => theOnly(statements.cohortsVersion.get()).version,
    close() {
      if (!open) return;
      open = false;
      statements.commit.run();
      release();
    },
  };
}

/** Begins a read transaction; its first read is what pins the snapshot. */
function pin({ begin, commit, revision }: Connection['statements']): number {
  begin.run();
  try {
    return theOnly(revision.get()).revision;
  } catch (error) {
    commit.run();
    throw error;
  }
}

function theOnly<T>(workspaceRow: T | undefined): T {
  if (workspaceRow === undefined) throw new AppError('not-found', 'the catalogue holds no workspace yet');
  return workspaceRow;
}

function cachedSegment(
  statement: Statement<[number], StoredSegment>,
  segmentId: number,
  cache: SegmentCache,
): SegmentRow {
  const known = cache.get(segmentId);
  if (known !== undefined) return known;
  const stored = statement.get(segmentId);
  if (stored === undefined) throw new AppError('internal', `segment ${segmentId} left its own snapshot`);
  const row = segmentRowOf(stored);
  if (cache.size >= MAX_CACHED_SEGMENTS) cache.clear();
  cache.set(segmentId, row);
  return row;
}

const dimensionRows = (
  statement: Statement<[string, string], DimensionJson>,
  environment: string,
  dataset: string,
): Record<string, unknown>[] =>
  statement.all(environment, dataset).map(({ row }) => JSON.parse(row) as Record<string, unknown>);

const byValidFrom = (a: Taxonomy, b: Taxonomy): number => Date.parse(a.valid_from) - Date.parse(b.valid_from);
