import type { Side } from '../../../shared/alerts/rule.ts';
import type { AlertEvidence } from '../../../shared/rpc/contract/alerts.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { workspaceNowMs } from './known-to.ts';
import { FIRING_COLUMNS, type FiringRow } from './alert-rows.ts';

export interface NewFiring {
  environment: string;
  itemId: string;
  key: string | null;
  voice: 'rule' | 'detector';
  /** Firings of one family and side at one time are one incident. */
  family: string;
  title: string;
  side: Side | null;
  sinceMs: number;
  conditionMetMs: number;
  evidence: AlertEvidence;
}

/** Null where the same item fired for the same beginning before: it is raised once. */
export function insertFiring(store: EngineStore, firing: NewFiring): number | null {
  const { evidence, key, ...columns } = firing;
  const row = store.db
    .prepare<[Record<string, unknown>], { firingId: number }>(
      `INSERT INTO alert_firings (environment, item_id, key, voice, family, title, side, since_ms, condition_met_ms,
         detected_at_ms, evidence)
       VALUES (@environment, @itemId, @key, @voice, @family, @title, @side, @sinceMs, @conditionMetMs, @nowMs, @evidence)
       ON CONFLICT DO NOTHING RETURNING firing_id AS firingId`,
    )
    .get({ ...columns, key: key ?? '', evidence: JSON.stringify(evidence), nowMs: workspaceNowMs(store) });
  return row?.firingId ?? null;
}

/** Firings of an item that are open, except the newest where it goes on. */
export function resolveFirings(
  { db }: EngineStore,
  item: { environment: string; itemId: string; key: string | null },
  { resolvedAtMs, exceptSinceMs = null }: { resolvedAtMs: number; exceptSinceMs?: number | null },
): void {
  db.prepare<[Record<string, unknown>]>(
    `UPDATE alert_firings SET resolved_at_ms = max(@resolvedAtMs, condition_met_ms)
     WHERE environment = @environment AND item_id = @itemId AND (@key IS NULL OR key = @key)
       AND resolved_at_ms IS NULL AND since_ms IS NOT @exceptSinceMs`,
  ).run({ ...item, resolvedAtMs, exceptSinceMs });
}

export function firingRow({ db }: EngineStore, firingId: number): FiringRow | undefined {
  return db
    .prepare<[number], FiringRow>(`SELECT ${FIRING_COLUMNS} FROM alert_firings WHERE firing_id = ?`)
    .get(firingId);
}

export function saveEvidence({ db }: EngineStore, firingId: number, evidence: AlertEvidence): void {
  db.prepare<[string, number]>('UPDATE alert_firings SET evidence = ? WHERE firing_id = ?').run(
    JSON.stringify(evidence),
    firingId,
  );
}
