import { storageError } from '../../catalogue/open-db.ts';
import { batchFacts } from './batch-facts.ts';
import { buildSegments } from './build-segments.ts';
import { type CommitResult, type PreparedEnvironment, runTransaction } from './commit-transaction.ts';
import { dedupe } from './dedupe.ts';
import type { EngineStore } from './engine-store.ts';
import type { EnvironmentState } from './environment-state.ts';
import { appendGrownDictionaries, settleGrownDictionaries } from './grown-dictionaries.ts';
import { renameSegments, writeSegments } from './segment-files.ts';

/**
 * Makes everything pending durable and visible at once (ENGINE §2): segment files, then dictionaries, then one
 * transaction. A kill anywhere before the transaction leaves the old state and files that the next start deletes. On
 * failure nothing pending remains and the error says what the disk refused.
 */
export async function commitPending(store: EngineStore): Promise<CommitResult> {
  try {
    const revision = store.revision + 1;
    const prepared: PreparedEnvironment[] = [];
    for (const environment of store.openEnvironments()) {
      if (environment.batch.rows > 0) prepared.push(await prepare(store, environment, revision));
    }
    await renameSegments(
      store,
      prepared.flatMap(({ segments }) => segments),
    );
    await appendGrownDictionaries(store);
    store.step('before-transaction');
    const result = runTransaction(store, prepared);
    store.step('after-transaction');
    finish(store, result.revision);
    store.onRevision(store.revision);
    return result;
  } catch (error) {
    store.abandonQuietly();
    throw storageError(store.dataDir, error);
  }
}

async function prepare(
  store: EngineStore,
  environment: EnvironmentState,
  revision: number,
): Promise<PreparedEnvironment> {
  const kept = dedupe(environment, store.dataDir, store.db);
  const segments = await writeSegments(
    store,
    buildSegments(environment, kept, store.workspace.shards),
    revision,
  );
  const sourceOf = (objectId: number): number => store.facts.objects.get(objectId)?.sourceId ?? 0;
  return { environment, kept, facts: batchFacts(environment, kept, sourceOf), segments };
}

/** What was pending is now committed: counting starts anew for objects that are still being read. */
function finish(store: EngineStore, revision: number): void {
  store.revision = revision;
  settleGrownDictionaries(store);
  for (const environment of store.openEnvironments()) environment.batch.clear();
  store.facts = store.facts.afterCommit();
}
