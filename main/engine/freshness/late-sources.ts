import type { ReadDb } from '../../catalogue/open-db.ts';
import { changeCatalogue } from '../store/change-catalogue.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { readFact, writeFact } from './engine-facts.ts';

const LATE = 'freshness.late';

/** Sources that are past their target, by name and environment. */
export function lateSources(db: Pick<ReadDb, 'prepare'>, nowMs: number): string[] {
  return db
    .prepare<[number], { name: string; environment: string }>(
      `SELECT name, source_state.environment FROM sources JOIN source_state USING (source_id)
       WHERE removed_at_ms IS NULL AND watermark_ms < ? - freshness_target_ms ORDER BY source_id, 2`,
    )
    .all(nowMs)
    .map(({ name, environment }) => `${environment} · ${name}`);
}

export function isLatenessNew(store: EngineStore): boolean {
  const late = lateSources(store.db, store.workspace.asOfMs ?? store.now());
  return JSON.stringify(late) !== JSON.stringify(readFact(store.db, LATE) ?? []);
}

/**
 * A source turns late while nothing happens, so answers that are on screen have to be asked anew: the change is written
 * with a revision of its own. Nothing may be pending.
 */
export function updateLateness(store: EngineStore): void {
  if (!isLatenessNew(store)) return;
  const late = lateSources(store.db, store.workspace.asOfMs ?? store.now());
  changeCatalogue(store, () => writeFact(store.db, LATE, late));
}
