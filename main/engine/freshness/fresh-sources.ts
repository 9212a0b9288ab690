import { SELECT_MISMATCHES } from '../../catalogue/mark-rows.ts';
import { SOURCE_COLUMNS, sourceRowOf, type StoredSource } from '../../catalogue/source-rows.ts';
import type { MismatchRow } from '../../catalogue/types.ts';
import type { FreshSource, Gap } from '../../../shared/rpc/contract/freshness.ts';
import { jobSources } from '../jobs/job-settings.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { ArrivalIndex } from './arrivals.ts';
import { bucketsOf, sumOfSeries } from './minute-series.ts';

export interface FreshnessWindow {
  fromMs: number;
  toMs: number;
  bucketMs: number;
}

interface FreshnessFacts {
  nowMs: number;
  window: FreshnessWindow;
  gaps: readonly Gap[];
}

const DAY_MS = 24 * 60 * 60 * 1000;

type Row = StoredSource & { lastFailure: string | null };

/** How far each source is, with what it brought in the window. */
export async function freshSources(
  store: EngineStore,
  index: ArrivalIndex,
  environment: string | null,
  facts: FreshnessFacts,
): Promise<FreshSource[]> {
  const rows = store.db
    .prepare<[{ environment: string | null }], Row>(
      `SELECT ${SOURCE_COLUMNS}, last_failure AS lastFailure FROM sources LEFT JOIN source_state USING (source_id)
       WHERE removed_at_ms IS NULL AND kind <> 'import'
         AND (@environment IS NULL OR coalesce(source_state.environment, sources.environment) = @environment)
       ORDER BY sources.source_id, source_state.environment`,
    )
    .all({ environment });
  const paused = new Set(
    jobSources(store.db, false).flatMap(({ sourceId, pausedAtMs }) =>
      pausedAtMs === null ? [] : [sourceId],
    ),
  );
  const sources: FreshSource[] = [];
  for (const row of rows) {
    const buckets = await bucketsFor(index, row, facts.window);
    sources.push(freshSource(store, row, { ...facts, buckets, isPaused: paused.has(row.sourceId) }));
  }
  return sources;
}

async function bucketsFor(
  index: ArrivalIndex,
  { sourceId, environment, dataset }: Row,
  { fromMs, toMs, bucketMs }: FreshnessWindow,
): Promise<number[]> {
  if (dataset !== 'events' || environment === null) return [];
  const arrivals = await index.arrivals(environment, fromMs, toMs);
  const own = sumOfSeries(arrivals.filter((one) => one.sourceId === sourceId));
  return bucketsOf(own, { fromMs, bucketMs, buckets: Math.round((toMs - fromMs) / bucketMs) });
}

function freshSource(
  store: EngineStore,
  row: Row,
  { nowMs, window, gaps, buckets, isPaused }: FreshnessFacts & { buckets: number[]; isPaused: boolean },
): FreshSource {
  const { sourceId, name, kind, environment, dataset, newestTsMs, watermarkMs, eventTypes } =
    sourceRowOf(row);
  const { lastSyncAtMs, lastFailure, freshnessTargetMs: targetMs } = row;
  // a dimension is as old as its last listing
  const completeToMs =
    dataset === 'events' ? watermarkMs : lastSyncAtMs === null ? null : Math.min(lastSyncAtMs, nowMs);
  const lagMs = completeToMs === null ? null : Math.max(0, nowMs - completeToMs);
  const mismatches = store.db
    .prepare<[string], MismatchRow>(SELECT_MISMATCHES)
    .all(environment)
    .filter((one) => one.sourceId === sourceId)
    .map(({ day, ratio }) => ({ day, ratio }));
  const isLate = lagMs !== null && targetMs !== null && lagMs > targetMs;
  return {
    sourceName: name,
    kind,
    environment,
    dataset,
    status: statusOf({
      isLate,
      isFailing: lastFailure !== null,
      differs: mismatches.length > 0,
      completeToMs,
    }),
    isPaused,
    completeTo: instantOrNull(completeToMs),
    newestTs: instantOrNull(newestTsMs),
    lagMs,
    targetMs,
    lastSyncAt: instantOrNull(lastSyncAtMs),
    lastFailure,
    rows24h:
      dataset === 'events'
        ? sum(buckets.slice(-Math.round(DAY_MS / window.bucketMs)))
        : rowsOfDay(store, sourceId),
    rowsPerBucket: buckets,
    openGaps: gaps.filter(
      (gap) => gap.sourceName === name && gap.environment === environment && gap.state !== 'replayed',
    ).length,
    mismatches,
    eventTypes,
  };
}

function statusOf({
  isLate,
  isFailing,
  differs,
  completeToMs,
}: {
  isLate: boolean;
  isFailing: boolean;
  differs: boolean;
  completeToMs: number | null;
}): FreshSource['status'] {
  if (isLate) return 'late';
  if (isFailing) return 'unreachable';
  if (completeToMs === null) return 'unread';
  return differs ? 'differs' : 'on-time';
}

const rowsOfDay = ({ db, now }: EngineStore, sourceId: number): number =>
  db
    .prepare<[number, number], { read: number }>(
      'SELECT coalesce(sum(read), 0) AS read FROM job_runs WHERE source_id = ? AND started_at_ms >= ?',
    )
    .get(sourceId, now() - DAY_MS)?.read ?? 0;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const instantOrNull = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());
