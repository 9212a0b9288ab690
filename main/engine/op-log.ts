import type { FinishedOp, OpLog } from '../../shared/rpc/handlers.ts';
import type { EngineStore } from './store/engine-store.ts';

const KEPT_MS = 7 * 24 * 60 * 60 * 1000; // far longer than any client goes on asking

/** Finished mutations in the catalogue. Without a workspace there is nothing to repeat, and nowhere to write. */
export function createOpLog(storeOf: () => EngineStore | undefined): OpLog {
  return {
    find(op) {
      const row = storeOf()
        ?.db.prepare<[string], { method: string; result: string }>(
          'SELECT method, result FROM rpc_ops WHERE op = ?',
        )
        .get(op);
      return row === undefined
        ? undefined
        : { method: row.method, result: JSON.parse(row.result) as unknown };
    },
    record(op: string, { method, result }: FinishedOp) {
      const store = storeOf();
      if (store === undefined) return;
      store.db.prepare<[number]>('DELETE FROM rpc_ops WHERE created_at_ms < ?').run(store.now() - KEPT_MS);
      store.db
        .prepare<[Record<string, unknown>]>(
          `INSERT INTO rpc_ops (op, method, result, created_at_ms) VALUES (@op, @method, @result, @nowMs)
           ON CONFLICT DO NOTHING`,
        )
        .run({ op, method, result: JSON.stringify(result), nowMs: store.now() });
    },
  };
}
