import { JobSettings, type JobSettingsChange } from '../../../shared/rpc/contract/jobs.ts';
import type { ReadDb, WriteDb } from '../../catalogue/open-db.ts';

const MINUTE_MS = 60_000;
const GIGABYTE = 1_000_000_000;
/** Kinds whose bytes cost neither money nor anybody's patience. */
const NEARBY_KINDS: ReadonlySet<string> = new Set(['folder', 'import']);

/** What holds for a source until somebody says otherwise; each is a default of ours*. */
export function defaultSettings(kind: string, standsStill: boolean): JobSettings {
  const isNearby = NEARBY_KINDS.has(kind);
  return {
    intervalMs: standsStill ? null : 5 * MINUTE_MS, // S3-15
    budgetBytes: isNearby ? null : 2 * GIGABYTE,
    budgetRows: null,
    monthBytes: isNearby ? null : 20 * GIGABYTE,
  };
}

/** A source as jobs know it. */
export interface JobSource {
  sourceId: number;
  name: string;
  kind: string;
  dataset: string;
  environment: string | null;
  settings: JobSettings;
  pausedAtMs: number | null;
  /** When it is read next; null: when somebody asks for it. */
  nextAtMs: number | null;
  /** Runs in a row that could not reach the source. */
  failures: number;
  /** Why it is not read before `nextAtMs`; null: its turn has not come. */
  waitingFor: string | null;
  reconciledAtMs: number | null;
  lastSyncAtMs: number | null;
  createdAtMs: number;
}

type StoredJobSource = Omit<JobSource, 'settings'> & { settings: string };

/** Sources that can be read; imported files are not among them. */
export function jobSources(db: Pick<ReadDb, 'prepare'>, standsStill: boolean): JobSource[] {
  return db
    .prepare<[], StoredJobSource>(
      `SELECT source_id AS sourceId, name, kind, dataset, environment, coalesce(settings, '{}') AS settings,
         paused_at_ms AS pausedAtMs, next_at_ms AS nextAtMs, coalesce(failures, 0) AS failures,
         waiting_for AS waitingFor, reconciled_at_ms AS reconciledAtMs, last_sync_at_ms AS lastSyncAtMs,
         created_at_ms AS createdAtMs
       FROM sources LEFT JOIN source_jobs USING (source_id)
       WHERE kind <> 'import' AND removed_at_ms IS NULL ORDER BY source_id`,
    )
    .all()
    .map(({ settings, ...source }) => ({
      ...source,
      settings: {
        ...defaultSettings(source.kind, standsStill),
        ...JobSettings.partial().parse(JSON.parse(settings)),
      },
    }));
}

/** What is given changes, the rest stays. */
export function changeSettings(db: WriteDb, sourceId: number, change: JobSettingsChange): void {
  db.prepare<[Record<string, unknown>]>(
    `INSERT INTO source_jobs (source_id, settings) VALUES (@sourceId, @change)
     ON CONFLICT DO UPDATE SET settings = @merged`,
  ).run({
    sourceId,
    change: JSON.stringify(change),
    merged: JSON.stringify({ ...storedSettings(db, sourceId), ...change }),
  });
}

function storedSettings(db: WriteDb, sourceId: number): JobSettingsChange {
  const row = db
    .prepare<[number], { settings: string }>('SELECT settings FROM source_jobs WHERE source_id = ?')
    .get(sourceId);
  return row === undefined ? {} : JobSettings.partial().parse(JSON.parse(row.settings));
}

/** When a source is read next, and why not earlier. */
export interface Turn {
  nextAtMs: number | null;
  failures: number;
  waitingFor: string | null;
}

export function putTurn(db: WriteDb, sourceId: number, turn: Turn): void {
  db.prepare<[Turn & { sourceId: number }]>(
    `INSERT INTO source_jobs (source_id, next_at_ms, failures, waiting_for)
     VALUES (@sourceId, @nextAtMs, @failures, @waitingFor)
     ON CONFLICT DO UPDATE SET next_at_ms = @nextAtMs, failures = @failures, waiting_for = @waitingFor`,
  ).run({ sourceId, ...turn });
}

export function putPaused(db: WriteDb, sourceId: number, pausedAtMs: number | null): void {
  db.prepare<[{ sourceId: number; pausedAtMs: number | null }]>(
    `INSERT INTO source_jobs (source_id, paused_at_ms) VALUES (@sourceId, @pausedAtMs)
     ON CONFLICT DO UPDATE SET paused_at_ms = @pausedAtMs`,
  ).run({ sourceId, pausedAtMs });
}

export function putReconciled(db: WriteDb, sourceId: number, nowMs: number): void {
  db.prepare<[{ sourceId: number; nowMs: number }]>(
    `INSERT INTO source_jobs (source_id, reconciled_at_ms) VALUES (@sourceId, @nowMs)
     ON CONFLICT DO UPDATE SET reconciled_at_ms = @nowMs`,
  ).run({ sourceId, nowMs });
}
