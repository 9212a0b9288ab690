import { existsSync } from 'node:fs';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { cataloguePath } from '../../../catalogue/open-db.ts';
import type { WorkspaceRow } from '../../../catalogue/types.ts';

export interface SalvagedSource {
  sourceId: number;
  name: string;
  kind: string;
  environment: string | null;
  dataset: string;
  /** JSON. */
  config: string;
  freshnessTargetMs: number | null;
  createdAtMs: number;
}

/** What a damaged catalogue still says. */
export interface Salvage {
  workspace: WorkspaceRow | undefined;
  /** Counters go on behind these. */
  counters: { revision: number; nextSegmentId: number; nextObjectId: number };
  /** null: they cannot be read. */
  sources: SalvagedSource[] | null;
}

const NOTHING: Salvage = {
  workspace: undefined,
  counters: { revision: 0, nextSegmentId: 1, nextObjectId: 1 },
  sources: null,
};

export function salvageCatalogue(dataDir: string): Salvage {
  if (!existsSync(cataloguePath(dataDir))) return NOTHING;
  const db = attempt(() => new SqliteDatabase(cataloguePath(dataDir), { readonly: true }));
  if (db === undefined) return NOTHING;
  try {
    return {
      workspace: attempt(() => db.prepare<[], WorkspaceRow>(SELECT_WORKSPACE).get()),
      counters: attempt(() => db.prepare<[], Salvage['counters']>(SELECT_COUNTERS).get()) ?? NOTHING.counters,
      sources: attempt(() => readSources(db)) ?? null,
    };
  } finally {
    db.close();
  }
}

/** Of a table that damage has reached, whatever comes before it would be a guess: all or nothing. */
const readSources = (db: Database): SalvagedSource[] => db.prepare<[], SalvagedSource>(SELECT_SOURCES).all();

/** Undefined where the damage has reached what is read. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

const SELECT_WORKSPACE = `SELECT workspace_id AS workspaceId, name, zone, week_start AS weekStart, as_of_ms AS asOfMs,
  shards FROM workspace`;

const SELECT_COUNTERS = `SELECT revision, next_segment_id AS nextSegmentId, next_object_id AS nextObjectId
  FROM workspace`;

const SELECT_SOURCES = `SELECT source_id AS sourceId, name, kind, environment, dataset, config,
  freshness_target_ms AS freshnessTargetMs, created_at_ms AS createdAtMs FROM sources ORDER BY source_id`;
