import { randomUUID } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import type { DeletionReceipt } from '../../../shared/rpc/contract/privacy.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { ensureDeletionKey } from './deletion-key.ts';
import { nowOf } from './now-of.ts';
import { createRefusalList } from './refusal-list.ts';

export const DELETION_DEADLINE_MS = 72 * 60 * 60 * 1000; // DATA §7*
const MAX_ID_LENGTH = 128; // DATA §1
const FEED = 'deletion_requests';

export interface PendingDeletion {
  deletionId: number;
  requestId: string;
  userId: string;
  userHash: string;
  requestedAtMs: number;
  acceptedAtMs: number;
}

export interface NewDeletion {
  requestId: string | null;
  userId: string;
  requestedAtMs: number;
  origin: 'feed' | 'manual';
}

interface FeedRow {
  environment: string;
  key: string;
  /** JSON. */
  row: string;
}

/**
 * Takes requests down; when they are applied the users' rows go, and are refused at the door from then on. Asking again for the same request
 * changes nothing.
 */
export async function requestDeletions(
  store: EngineStore,
  requests: readonly NewDeletion[],
): Promise<string[]> {
  if (requests.length === 0) return [];
  for (const { userId } of requests) checkUserId(userId);
  const key = await ensureDeletionKey(store);
  const { hashOf } = createRefusalList(key, []);
  return store.db.transaction(() =>
    requests.map((request) => insertDeletion(store, request, hashOf(request.userId))),
  )();
}

function checkUserId(userId: string): void {
  if (userId.trim() === '' || userId.length > MAX_ID_LENGTH)
    throw new AppError('bad-input', `a user id has 1 to ${MAX_ID_LENGTH} characters`, { path: 'userId' });
}

function insertDeletion(store: EngineStore, request: NewDeletion, userHash: string): string {
  const { userId, requestedAtMs, origin } = request;
  const requestId = safeRequestId(request, userHash);
  const nowMs = nowOf(store);
  store.db
    .prepare<[Record<string, unknown>]>(
      `INSERT INTO deletions (request_id, origin, user_id, user_hash, requested_at_ms, accepted_at_ms, state)
       VALUES (@requestId, @origin, @userId, @userHash, @requestedAtMs, @nowMs, 'pending') ON CONFLICT DO NOTHING`,
    )
    .run({ requestId, origin, userId, userHash, requestedAtMs, nowMs });
  return requestId;
}

/** Requests are kept for good, so their ids must not name the user. */
export function safeRequestId(
  { requestId, userId }: Pick<NewDeletion, 'requestId' | 'userId'>,
  userHash: string,
): string {
  if (requestId === null) return `manual-${randomUUID()}`;
  return requestId.includes(userId) ? `request-${userHash}` : requestId;
}

/** Requests that a control feed has brought since the last look. */
export async function acceptFeed(store: EngineStore): Promise<void> {
  const rows = store.db
    .prepare<[], FeedRow>(
      `SELECT environment, key, row FROM dimension_rows
       WHERE dataset = '${FEED}' AND json_extract(row, '$.user_id') IS NOT NULL`,
    )
    .all();
  const requests = rows.flatMap(({ row }) => requestOf(row, nowOf(store)));
  await requestDeletions(store, requests);
}

function requestOf(row: string, nowMs: number): NewDeletion[] {
  const { request_id, user_id, requested_at } = JSON.parse(row) as Record<string, unknown>;
  if (typeof request_id !== 'string' || (typeof user_id !== 'string' && typeof user_id !== 'number'))
    return [];
  const userId = String(user_id);
  if (userId.trim() === '' || userId.length > MAX_ID_LENGTH) return [];
  const requestedAtMs = typeof requested_at === 'string' ? Date.parse(requested_at) : nowMs;
  return [{ requestId: request_id, userId, requestedAtMs, origin: 'feed' }];
}

export const pendingDeletions = ({ db }: EngineStore): PendingDeletion[] =>
  db
    .prepare<[], PendingDeletion>(
      `SELECT deletion_id AS deletionId, request_id AS requestId, user_id AS userId, user_hash AS userHash,
         requested_at_ms AS requestedAtMs, accepted_at_ms AS acceptedAtMs
       FROM deletions WHERE state = 'pending' ORDER BY deletion_id`,
    )
    .all();

export interface DeletionRow {
  requestId: string;
  origin: 'feed' | 'manual';
  userHash: string;
  state: 'pending' | 'applied' | 'done';
  requestedAtMs: number;
  acceptedAtMs: number;
  appliedAtMs: number | null;
  doneAtMs: number | null;
  receipt: DeletionReceipt | null;
}

/** Those with the least time left first; done ones behind, newest first. */
export const listDeletions = ({ db }: Pick<EngineStore, 'db'>): DeletionRow[] =>
  db
    .prepare<[], Omit<DeletionRow, 'receipt'> & { receipt: string | null }>(
      `SELECT request_id AS requestId, origin, user_hash AS userHash, state, requested_at_ms AS requestedAtMs,
         accepted_at_ms AS acceptedAtMs, applied_at_ms AS appliedAtMs, done_at_ms AS doneAtMs, receipt
       FROM deletions ORDER BY state = 'done', CASE state WHEN 'done' THEN -done_at_ms ELSE requested_at_ms END,
         deletion_id`,
    )
    .all()
    .map((row) => ({
      ...row,
      receipt: row.receipt === null ? null : receiptIn(row.receipt),
    }));

/** Those of versions before do not say what left. */
const receiptIn = (text: string): DeletionReceipt => ({
  exports: [],
  ...(JSON.parse(text) as Omit<DeletionReceipt, 'exports'>),
});
