import type { FreshnessReport } from '../../../shared/rpc/contract/freshness.ts';
import { notesQueue } from '../annotations/queue-figures.ts';
import { newestBatch } from '../jobs/job-runs.ts';
import { sumOfSteps } from '../jobs/sync-steps.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { IS_READ_AGAIN } from '../store/ledger.ts';
import type { ArrivalIndex } from './arrivals.ts';
import { deletionRequests } from './deletion-requests.ts';
import { freshSources } from './fresh-sources.ts';
import { markedTypes } from './marked-types.ts';
import { countQuarantined, quarantineGroups } from './quarantine.ts';
import { storedGaps } from './stored-gaps.ts';

const BUCKET_MS = 30 * 60 * 1000;
const BUCKETS = 96; // 48 hours
const WINDOW_MS = BUCKETS * BUCKET_MS;

/** Everything that the Freshness view shows, of one moment. */
export async function freshnessReport(
  store: EngineStore,
  index: ArrivalIndex,
  environment: string | null,
): Promise<FreshnessReport> {
  const nowMs = store.workspace.asOfMs ?? store.now();
  const toMs = Math.ceil(nowMs / BUCKET_MS) * BUCKET_MS;
  const window = { fromMs: toMs - WINDOW_MS, toMs, bucketMs: BUCKET_MS };
  const gaps = storedGaps(store.db, environment, window.fromMs);
  const sources = await freshSources(store, index, environment, { nowMs, window, gaps });
  return {
    now: instant(nowMs),
    revision: store.revision,
    window: { from: instant(window.fromMs), to: instant(window.toMs), bucketMs: BUCKET_MS },
    sources,
    gaps,
    lastSync: lastSync(store),
    queue: queueOf(store, environment),
    deletionRequests: deletionRequests(store),
    marked: markedTypes(sources, gaps, window.fromMs),
    quarantine: quarantineGroups(store.db),
  };
}

function lastSync({ db }: EngineStore): FreshnessReport['lastSync'] {
  const runs = newestBatch(db);
  const [first] = runs;
  if (first === undefined) return null;
  const ends = runs.map(({ endedAt }) => endedAt);
  return {
    startedAt: first.startedAt,
    endedAt: ends.includes(null) ? null : (ends.sort().at(-1) ?? null),
    steps: sumOfSteps(runs.map(({ steps }) => steps)),
    runs,
  };
}

function queueOf({ db, dataDir }: EngineStore, environment: string | null): FreshnessReport['queue'] {
  const notes = notesQueue(dataDir, environment);
  const { objects } = db
    .prepare<[], { objects: number }>(
      `SELECT count(*) AS objects FROM ledger JOIN sources USING (source_id)
       WHERE removed_at_ms IS NULL AND (state = 'reading' OR ${IS_READ_AGAIN})`,
    )
    .get() ?? { objects: 0 };
  const { gaps, oldestMs } = db
    .prepare<[], { gaps: number; oldestMs: number | null }>(
      `SELECT count(*) AS gaps, min(found_at_ms) AS oldestMs FROM gaps JOIN sources USING (source_id)
       WHERE removed_at_ms IS NULL AND state IN ('open', 'requested')`,
    )
    .get() ?? { gaps: 0, oldestMs: null };
  return {
    objectsToRead: objects,
    gapsToReplay: gaps,
    annotationsToSend: notes?.toSend ?? null,
    annotationConflicts: notes?.conflicts ?? null,
    quarantinedRows: countQuarantined(db, { sourceName: null, reason: null }),
    oldest: oldestOf([oldestMs, notes?.oldestMs ?? null]),
  };
}

function oldestOf(times: readonly (number | null)[]): string | null {
  const known = times.filter((ms) => ms !== null);
  return known.length === 0 ? null : instant(Math.min(...known));
}

const instant = (ms: number): string => new Date(ms).toISOString();
