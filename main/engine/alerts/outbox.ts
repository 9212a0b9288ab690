import { createHash } from 'node:crypto';
import { AlertChannel } from '../../../shared/rpc/contract/alerts.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { AlertMessage } from './send/message.ts';

export interface WaitingMessage {
  messageId: string;
  firingId: number;
  environment: string;
  attempts: number;
  channel: AlertChannel;
  message: AlertMessage;
}

/** The same for the same firing and channel, however often it is made. */
export function messageIdOf(workspaceId: string, firingId: number, channel: string): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([workspaceId, firingId, channel]))
    .digest('hex');
  return `alert-${hash.slice(0, 32)}`;
}

/** Part of the transaction that tells a firing. A second message for the same firing and channel is not made. */
export function enqueueMessage(
  { db, workspace, now }: EngineStore,
  firingId: number,
  channel: AlertChannel,
  { leavesAtMs, ...content }: Omit<AlertMessage, 'messageId'> & { leavesAtMs: number },
): void {
  const messageId = messageIdOf(workspace.workspaceId, firingId, channel.name);
  const body: AlertMessage = { messageId, ...content };
  db.prepare<[Record<string, unknown>]>(
    `INSERT INTO alert_outbox (message_id, firing_id, channel, definition, body, state, next_attempt_at_ms, created_at_ms)
     VALUES (@messageId, @firingId, @channel, @definition, @body, 'waiting', @leavesAtMs, @nowMs)
     ON CONFLICT DO NOTHING`,
  ).run({
    messageId,
    firingId,
    channel: channel.name,
    definition: JSON.stringify(channel),
    body: JSON.stringify(body),
    leavesAtMs,
    nowMs: now(),
  });
}

interface OutboxRow {
  messageId: string;
  firingId: number;
  environment: string;
  attempts: number;
  definition: string;
  body: string;
}

/** What may leave now, oldest first. */
export function dueMessages({ db }: EngineStore, nowMs: number): WaitingMessage[] {
  return db
    .prepare<[number], OutboxRow>(
      `SELECT message_id AS messageId, o.firing_id AS firingId, environment, attempts, definition, body
       FROM alert_outbox o JOIN alert_firings f ON f.firing_id = o.firing_id
       WHERE state = 'waiting' AND next_attempt_at_ms <= ? ORDER BY created_at_ms, message_id`,
    )
    .all(nowMs)
    .map(({ definition, body, ...row }) => ({
      ...row,
      channel: AlertChannel.parse(JSON.parse(definition)),
      message: JSON.parse(body) as AlertMessage,
    }));
}

export function nextDueMs({ db }: EngineStore): number | null {
  const row = db
    .prepare<[], { dueMs: number | null }>(
      `SELECT min(next_attempt_at_ms) AS dueMs FROM alert_outbox WHERE state = 'waiting'`,
    )
    .get();
  return row?.dueMs ?? null;
}

export interface MessageChange {
  state: 'waiting' | 'sending' | 'sent' | 'unknown' | 'failed';
  attempts?: number;
  nextAttemptAtMs?: number;
  sentAtMs?: number;
  error?: string;
}

/** Committed and on disk when it returns. */
export function markMessage({ db }: EngineStore, messageId: string, change: MessageChange): void {
  const { state, attempts, nextAttemptAtMs, sentAtMs, error } = change;
  db.prepare<[Record<string, unknown>]>(
    `UPDATE alert_outbox SET state = @state, attempts = coalesce(@attempts, attempts),
       next_attempt_at_ms = @nextAttemptAtMs, sent_at_ms = @sentAtMs, error = @error WHERE message_id = @messageId`,
  ).run({
    messageId,
    state,
    attempts: attempts ?? null,
    nextAttemptAtMs: nextAttemptAtMs ?? null,
    sentAtMs: sentAtMs ?? null,
    error: error ?? null,
  });
}

/**
 * After a kill: what had not left yet waits again. What had left whole without an answer waits again only where the
 * receiver can tell a repeat by its key; elsewhere it stays unknown, and the view says so.
 */
export function recoverOutbox({ db, now }: EngineStore): void {
  db.prepare<[Record<string, unknown>]>(
    `UPDATE alert_outbox SET state = 'waiting', next_attempt_at_ms = @nowMs
     WHERE state = 'sending' OR (state = 'unknown' AND definition ->> 'kind' = 'webhook')`,
  ).run({ nowMs: now() });
}
