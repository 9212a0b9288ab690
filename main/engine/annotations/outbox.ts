import type { Operation } from '../../../shared/annotations/operation.ts';
import type { NotesStore } from './notes-store.ts';

export interface WaitingEntry {
  arrival: number;
  sequence: number;
}

/** Puts an operation into the queue of every source of its environment. Part of the transaction that logs it. */
export function enqueue(notes: NotesStore, environment: string, arrival: number): void {
  const remotes = notes.db
    .prepare<[string], { remoteId: number }>(
      'SELECT remote_id AS remoteId FROM remotes WHERE environment = ? ORDER BY remote_id',
    )
    .all(environment);
  for (const { remoteId } of remotes) enqueueFor(notes, remoteId, arrival);
}

/** A new source gets everything that was written or imported here. Part of the transaction that registers it. */
export function enqueueAll(notes: NotesStore, environment: string, remoteId: number): void {
  const rows = notes.db
    .prepare<[string], { arrival: number }>(
      `SELECT arrival FROM operations WHERE environment = ? AND origin <> 'remote' ORDER BY arrival`,
    )
    .all(environment);
  for (const { arrival } of rows) enqueueFor(notes, remoteId, arrival);
}

function enqueueFor(notes: NotesStore, remoteId: number, arrival: number): void {
  const next = notes.db
    .prepare<[number], { sequence: number }>(
      `UPDATE remotes SET next_sequence = next_sequence + 1 WHERE remote_id = ?
       RETURNING next_sequence - 1 AS sequence`,
    )
    .get(remoteId);
  if (next === undefined) return;
  notes.db
    .prepare<[Record<string, unknown>]>(
      `INSERT INTO outbox (remote_id, sequence, arrival, queued_at_ms)
       VALUES (@remoteId, @sequence, @arrival, @nowMs) ON CONFLICT DO NOTHING`,
    )
    .run({ remoteId, sequence: next.sequence, arrival, nowMs: notes.wallMs() });
}

/** The next entries in turn, those that the source refused left out. */
export function waitingEntries(
  notes: NotesStore,
  remoteId: number,
  after: { sequence: number; limit: number },
): WaitingEntry[] {
  return notes.db
    .prepare<[number, number, number], WaitingEntry>(
      `SELECT arrival, sequence FROM outbox
       WHERE remote_id = ? AND sequence > ? AND refusal IS NULL ORDER BY sequence LIMIT ?`,
    )
    .all(remoteId, after.sequence, after.limit);
}

/** Ids of annotations with an operation that has not reached every source, or has none to go to. */
export function pendingAnnotations(notes: NotesStore, environment: string): Set<string> {
  const rows = hasRemote(notes, environment)
    ? notes.db
        .prepare<[string], { annotationId: string }>(
          `SELECT DISTINCT annotation_id AS annotationId FROM outbox JOIN operations USING (arrival)
           WHERE environment = ?`,
        )
        .all(environment)
    : notes.db
        .prepare<[string], { annotationId: string }>(
          `SELECT DISTINCT annotation_id AS annotationId FROM operations INDEXED BY operations_unsent
           WHERE environment = ? AND origin <> 'remote'`,
        )
        .all(environment);
  return new Set(rows.map(({ annotationId }) => annotationId));
}

/** Why an operation has not reached a source yet. */
export interface PendingReason {
  opId: string;
  annotationId: string;
  kind: Operation['kind'];
  /** Name of the source; null: none takes notes of this environment. */
  remote: string | null;
  reason: 'no-remote' | 'first-attempt' | 'retrying' | 'refused';
  /** Of the source as a whole since it last answered. */
  failures: number;
  nextAttemptAtMs: number | null;
  /** What the source said, safe to show. */
  message: string | null;
}

interface PendingRow {
  opId: string;
  annotationId: string;
  kind: Operation['kind'];
  remote: string;
  failures: number;
  nextAttemptAtMs: number | null;
  lastFailure: string | null;
  refusal: string | null;
}

/** One entry per operation and source, in turn. */
export function pendingReasons(
  notes: NotesStore,
  { environment, annotationId = null }: { environment: string; annotationId?: string | null },
): PendingReason[] {
  if (!hasRemote(notes, environment)) return withoutRemote(notes, environment, annotationId);
  return notes.db
    .prepare<[Record<string, unknown>], PendingRow>(
      `SELECT op_id AS opId, annotation_id AS annotationId, operations.kind, name AS remote, failures,
         next_attempt_at_ms AS nextAttemptAtMs, last_failure AS lastFailure, refusal
       FROM outbox JOIN operations USING (arrival) JOIN remotes USING (remote_id)
       WHERE operations.environment = @environment AND (@annotationId IS NULL OR annotation_id = @annotationId)
       ORDER BY remote_id, sequence`,
    )
    .all({ environment, annotationId })
    .map(reasonOf);
}

function withoutRemote(notes: NotesStore, environment: string, annotationId: string | null): PendingReason[] {
  return notes.db
    .prepare<[Record<string, unknown>], Pick<PendingRow, 'opId' | 'annotationId' | 'kind'>>(
      `SELECT op_id AS opId, annotation_id AS annotationId, kind FROM operations
       WHERE environment = @environment AND origin <> 'remote'
         AND (@annotationId IS NULL OR annotation_id = @annotationId)
       ORDER BY arrival`,
    )
    .all({ environment, annotationId })
    .map((row) => ({
      ...row,
      remote: null,
      reason: 'no-remote',
      failures: 0,
      nextAttemptAtMs: null,
      message: null,
    }));
}

function reasonOf({ lastFailure, refusal, ...row }: PendingRow): PendingReason {
  if (refusal !== null)
    return { ...row, reason: 'refused', nextAttemptAtMs: null, message: messageIn(refusal) };
  if (row.failures === 0) return { ...row, reason: 'first-attempt', message: null };
  return { ...row, reason: 'retrying', message: lastFailure === null ? null : messageIn(lastFailure) };
}

/** The failure is stored as code and message. */
const messageIn = (failure: string): string => (JSON.parse(failure) as { message: string }).message;

const hasRemote = (notes: NotesStore, environment: string): boolean =>
  notes.db.prepare<[string]>('SELECT 1 FROM remotes WHERE environment = ?').get(environment) !== undefined;
