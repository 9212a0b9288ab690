import type { EngineStore } from '../store/engine-store.ts';
import type { Held } from './alert-rows.ts';

/** What is remembered of each watched series and each rule between two checks. */
export interface ItemState {
  state: unknown;
  judgedToMs: number | null;
  held: Held | null;
  skipped: Record<string, number> | null;
  /** Of detectors only. */
  caution: number | null;
}

export interface Place {
  environment: string;
  itemId: string;
  key: string;
}

export function readItemState({ db }: EngineStore, place: Place): unknown {
  const row = db
    .prepare<[Place], { state: string }>(
      `SELECT state FROM alert_states WHERE environment = @environment AND item_id = @itemId AND key = @key`,
    )
    .get(place);
  return row === undefined ? null : (JSON.parse(row.state) as unknown);
}

export function writeItemState({ db }: EngineStore, place: Place, item: ItemState): void {
  const { state, judgedToMs, held, skipped, caution } = item;
  db.prepare<[Record<string, unknown>]>(
    `INSERT INTO alert_states (environment, item_id, key, state, judged_to_ms, held, skipped, caution)
     VALUES (@environment, @itemId, @key, @state, @judgedToMs, @held, @skipped, @caution)
     ON CONFLICT (environment, item_id, key) DO UPDATE SET state = excluded.state, judged_to_ms = excluded.judged_to_ms,
       held = excluded.held, skipped = excluded.skipped, caution = excluded.caution`,
  ).run({
    ...place,
    state: JSON.stringify(state),
    judgedToMs,
    held: held === null ? null : JSON.stringify(held),
    skipped: skipped === null ? null : JSON.stringify(skipped),
    caution,
  });
}

/** Items of the detectors, one entry per series. */
export function watchedItemIds({ db }: EngineStore, environment: string): string[] {
  return db
    .prepare<[string], { itemId: string }>(
      `SELECT item_id AS itemId FROM alert_states WHERE environment = ? AND caution IS NOT NULL ORDER BY item_id, key`,
    )
    .all(environment)
    .map(({ itemId }) => itemId);
}
