import type { Metric } from '../../../shared/rpc/contract/jobs.ts';
import type { EngineStore } from '../store/engine-store.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the engine counts, under the names of S4-26. What the query process measures is not among it. */
export function metricsOf(store: EngineStore): Metric[] {
  return [...ofIngestion(store), ...ofStorage(store), ...ofRuns(store), ...ofSources(store)];
}

interface LastRun {
  read: number;
  tookMs: number;
  steps: string;
}

function ofIngestion({ db }: EngineStore): Metric[] {
  const last = db
    .prepare<[], LastRun>(
      `SELECT read, ended_at_ms - started_at_ms AS tookMs, steps FROM job_runs
       WHERE ended_at_ms IS NOT NULL AND read > 0 ORDER BY job_id DESC LIMIT 1`,
    )
    .get();
  const steps = JSON.parse(last?.steps ?? '[]') as { step: string; count: number; ms: number | null }[];
  const ms = (name: string): number => steps.find(({ step }) => step === name)?.ms ?? 0;
  const commits = steps.find(({ step }) => step === 'commit')?.count ?? 0;
  const committedMs = ms('dedupe') + ms('segments') + ms('commit');
  return [
    gauge(
      'event_ingestion_rate',
      'Rows read per second in the newest run that read any.',
      last === undefined || last.tookMs <= 0 ? null : (last.read * 1000) / last.tookMs,
    ),
    gauge(
      'processing_latency',
      'Mean seconds of one commit in the newest run that read any.',
      commits === 0 ? null : committedMs / commits / 1000,
    ),
  ];
}

function ofStorage({ db }: EngineStore): Metric[] {
  const { bytes, rows } = db
    .prepare<[], { bytes: number; rows: number }>(
      `SELECT coalesce(sum(size_bytes), 0) AS bytes, coalesce(sum(rows), 0) AS rows FROM segments
       WHERE dead_revision IS NULL`,
    )
    .get() ?? { bytes: 0, rows: 0 };
  return [
    gauge('storage_usage', 'Bytes of stored segments.', bytes),
    gauge('stored_events', 'Rows of stored segments.', rows),
  ];
}

function ofRuns({ db, now }: EngineStore): Metric[] {
  const states = db
    .prepare<[], { state: string; runs: number }>(
      'SELECT state, count(*) AS runs FROM job_runs GROUP BY state ORDER BY state',
    )
    .all();
  const { runs, reached } = db
    .prepare<[number], { runs: number; reached: number }>(
      `SELECT count(*) AS runs, coalesce(sum(state = 'done'), 0) AS reached FROM job_runs
       WHERE started_at_ms >= ? AND state IN ('done', 'failed')`,
    )
    .get(now() - DAY_MS) ?? { runs: 0, reached: 0 };
  return [
    gauge(
      'api_availability',
      'Share of the runs of the last 24 hours that read their source whole.',
      runs === 0 ? null : reached / runs,
    ),
    ...states.map((one) => counter('jobs_total', 'Runs in the history.', one.runs, { state: one.state })),
  ];
}

interface SourceFacts {
  name: string;
  lastFailure: string | null;
  newestTsMs: number | null;
  watermarkMs: number | null;
  read: number;
  kept: number;
  duplicate: number;
  quarantined: number;
}

function ofSources(store: EngineStore): Metric[] {
  const nowMs = store.workspace.asOfMs ?? store.now();
  return store.db
    .prepare<[], SourceFacts>(
      `SELECT name, last_failure AS lastFailure, max(newest_ts_ms) AS newestTsMs, min(watermark_ms) AS watermarkMs, read,
         kept, duplicate, quarantined
       FROM sources LEFT JOIN source_state USING (source_id)
       WHERE removed_at_ms IS NULL GROUP BY source_id ORDER BY source_id`,
    )
    .all()
    .flatMap(({ name: source, lastFailure, newestTsMs, watermarkMs, ...rows }) => [
      gauge('connector_up', '1: the newest run reached the source.', lastFailure === null ? 1 : 0, {
        source,
      }),
      gauge('latest_event_timestamp', 'Seconds since 1970 of the newest event.', seconds(newestTsMs), {
        source,
      }),
      gauge(
        'source_lag',
        'Seconds between now and the time up to which the source is complete.',
        watermarkMs === null ? null : Math.max(0, nowMs - watermarkMs) / 1000,
        { source },
      ),
      ...Object.entries(rows).map(([kind, count]) =>
        counter('rows_total', 'Rows since the source exists; read is the sum of the others.', count, {
          source,
          kind,
        }),
      ),
    ]);
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

const gauge = (
  name: string,
  help: string,
  value: number | null,
  labels: Record<string, string> = {},
): Metric => ({ name, help, type: 'gauge', labels, value });

const counter = (name: string, help: string, value: number, labels: Record<string, string>): Metric => ({
  name,
  help,
  type: 'counter',
  labels,
  value,
});
