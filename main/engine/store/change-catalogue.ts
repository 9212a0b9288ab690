import type { EngineStore } from './engine-store.ts';

/**
 * Changes what answers say beside the events, in one transaction with the next revision, so that whoever shows an answer
 * asks again. Nothing may be in the middle of a commit.
 */
export function changeCatalogue(store: EngineStore, change: () => void): void {
  store.revision = store.db.transaction(() => {
    change();
    return store.writer.nextRevision();
  })();
  store.onRevision(store.revision);
}
