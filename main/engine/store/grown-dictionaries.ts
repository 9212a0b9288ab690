import { appendDictionary } from './dictionary-files.ts';
import { allDone } from './durable-files.ts';
import type { EngineStore } from './engine-store.ts';

/** Puts values that came since the last commit on the disk; a commit of the catalogue is what makes them count. */
export async function appendGrownDictionaries(store: EngineStore): Promise<void> {
  const grown = store.openEnvironments().flatMap((environment) => environment.grownDictionaries());
  await allDone(
    grown.map(async ({ place, dictionary }) => {
      store.step('before-dictionary-append');
      await appendDictionary(store.files, store.dataDir, place, dictionary);
    }),
  );
}

/** Inside the transaction of a commit. */
export function recordGrownDictionaries(store: EngineStore): void {
  for (const environment of store.openEnvironments()) {
    for (const grown of environment.grownDictionaries())
      store.writer.upsertDictionary(environment.name, grown);
  }
}

/** After the transaction: what was appended is committed. */
export function settleGrownDictionaries(store: EngineStore): void {
  for (const environment of store.openEnvironments()) {
    for (const { dictionary } of environment.grownDictionaries()) {
      dictionary.committedCount = dictionary.count;
      dictionary.committedBytes = dictionary.bytesUsed;
    }
  }
}
