import type { JobCounts, JobReason, JobRun, SyncStep } from '../../../shared/rpc/contract/jobs.ts';
import type { ReadDb, WriteDb } from '../../catalogue/open-db.ts';
import { monthOf } from './schedule.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
export const KEPT_DAYS = 30; // of history*

interface StoredRun extends JobCounts {
  jobId: number;
  sourceName: string;
  reason: JobReason;
  state: JobRun['state'];
  /** JSON. */
  steps: string;
  message: string | null;
  startedAtMs: number;
  endedAtMs: number | null;
}

const SELECT_RUNS = `SELECT job_id AS jobId, name AS sourceName, reason, state, job_runs.files, job_runs.bytes,
    job_runs.read, job_runs.kept, job_runs.duplicate, job_runs.quarantined, job_runs.refused, job_runs.scrubbed, steps,
    message, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs
  FROM job_runs JOIN sources USING (source_id)`;

/** `batch` null: the first of several that run together. */
export function beginRun(
  db: WriteDb,
  run: { sourceId: number; batch: number | null; reason: JobReason; nowMs: number },
): number {
  const row = db
    .prepare<[typeof run], { jobId: number }>(
      `INSERT INTO job_runs (batch, source_id, reason, state, started_at_ms)
       VALUES (coalesce(@batch, (SELECT coalesce(max(job_id), 0) + 1 FROM job_runs)), @sourceId, @reason, 'running', @nowMs)
       RETURNING job_id AS jobId`,
    )
    .get(run);
  return row?.jobId ?? 0;
}

/** What is committed so far; a kill leaves it as it stands. */
export function noteRun(db: WriteDb, jobId: number, counts: JobCounts, steps: readonly SyncStep[]): void {
  db.prepare<[Record<string, unknown>]>(
    `UPDATE job_runs SET files = @files, bytes = @bytes, read = @read, kept = @kept, duplicate = @duplicate,
       quarantined = @quarantined, refused = @refused, scrubbed = @scrubbed, steps = @steps WHERE job_id = @jobId`,
  ).run({ jobId, ...counts, steps: JSON.stringify(steps) });
}

export function endRun(
  db: WriteDb,
  run: { jobId: number; state: JobRun['state']; message: string | null; nowMs: number },
): void {
  db.prepare<[typeof run]>(
    'UPDATE job_runs SET state = @state, message = @message, ended_at_ms = @nowMs WHERE job_id = @jobId',
  ).run(run);
}

export const dropRun = (db: WriteDb, jobId: number): unknown =>
  db.prepare<[number]>('DELETE FROM job_runs WHERE job_id = ?').run(jobId);

/** A run that the process did not live to end: what it committed stays, and the next run goes on from there. */
export const markInterrupted = (db: WriteDb, nowMs: number): unknown =>
  db
    .prepare<[number]>(
      `UPDATE job_runs SET state = 'interrupted', message = 'the program ended meanwhile', ended_at_ms = ?
       WHERE state = 'running'`,
    )
    .run(nowMs);

export const forgetOldRuns = (db: WriteDb, nowMs: number): unknown =>
  db.prepare<[number]>('DELETE FROM job_runs WHERE started_at_ms < ?').run(nowMs - KEPT_DAYS * DAY_MS);

export function runsOf(
  db: Pick<ReadDb, 'prepare'>,
  request: { sourceName: string | null; before: number | null; limit: number },
): JobRun[] {
  return db
    .prepare<[typeof request], StoredRun>(
      `${SELECT_RUNS} WHERE (@sourceName IS NULL OR name = @sourceName) AND (@before IS NULL OR job_id < @before)
       ORDER BY job_id DESC LIMIT @limit`,
    )
    .all(request)
    .map(jobRunOf);
}

export function runById(db: Pick<ReadDb, 'prepare'>, jobId: number): JobRun | null {
  const row = db.prepare<[number], StoredRun>(`${SELECT_RUNS} WHERE job_id = ?`).get(jobId);
  return row === undefined ? null : jobRunOf(row);
}

/** Those that ran together last, in their order. */
export const newestBatch = (db: Pick<ReadDb, 'prepare'>): JobRun[] =>
  db
    .prepare<[], StoredRun>(
      `${SELECT_RUNS} WHERE batch = (SELECT batch FROM job_runs ORDER BY job_id DESC LIMIT 1) ORDER BY job_id`,
    )
    .all()
    .map(jobRunOf);

function jobRunOf({
  jobId,
  sourceName,
  reason,
  state,
  steps,
  message,
  startedAtMs,
  endedAtMs,
  ...counts
}: StoredRun): JobRun {
  return {
    jobId,
    sourceName,
    reason,
    state,
    counts,
    steps: JSON.parse(steps) as SyncStep[],
    message,
    startedAt: new Date(startedAtMs).toISOString(),
    endedAt: endedAtMs === null ? null : new Date(endedAtMs).toISOString(),
  };
}

export interface MonthUsage {
  bytes: number;
  rows: number;
}

/** What a source has cost in the month of `nowMs`. */
export const monthUsage = (db: Pick<ReadDb, 'prepare'>, sourceId: number, nowMs: number): MonthUsage =>
  db
    .prepare<[number, string], MonthUsage>(
      'SELECT bytes, rows FROM source_usage WHERE source_id = ? AND month = ?',
    )
    .get(sourceId, monthOf(nowMs)) ?? { bytes: 0, rows: 0 };

export function addUsage(db: WriteDb, sourceId: number, nowMs: number, { bytes, rows }: MonthUsage): void {
  if (bytes === 0 && rows === 0) return;
  db.prepare<[Record<string, unknown>]>(
    `INSERT INTO source_usage (source_id, month, bytes, rows) VALUES (@sourceId, @month, @bytes, @rows)
     ON CONFLICT DO UPDATE SET bytes = bytes + excluded.bytes, rows = rows + excluded.rows`,
  ).run({ sourceId, month: monthOf(nowMs), bytes, rows });
}
