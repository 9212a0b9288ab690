import type { EngineStore } from '../store/engine-store.ts';

interface SourceClock {
  lastSyncAtMs: number | null;
  freshnessTargetMs: number | null;
}

/** Now, as the workspace counts it. */
export const workspaceNowMs = ({ workspace, now }: EngineStore): number => workspace.asOfMs ?? now();

/**
 * Up to when a missing event is a fact and not a matter of having asked too early: the oldest of the last syncs, less
 * what each source is allowed to lag. Null: nothing syncs by itself, so that nothing can be missed.
 */
export function knownToMs(store: EngineStore, environment: string): number | null {
  const sources = store.db
    .prepare<[string], SourceClock>(
      `SELECT last_sync_at_ms AS lastSyncAtMs, freshness_target_ms AS freshnessTargetMs FROM sources
       WHERE dataset = 'events' AND kind <> 'import' AND removed_at_ms IS NULL
         AND (environment = ? OR environment IS NULL)`,
    )
    .all(environment);
  if (sources.length === 0) return null;
  const nowMs = workspaceNowMs(store);
  const asked = sources.map(
    ({ lastSyncAtMs, freshnessTargetMs }) => Math.min(nowMs, lastSyncAtMs ?? 0) - (freshnessTargetMs ?? 0),
  );
  return Math.min(...asked);
}
