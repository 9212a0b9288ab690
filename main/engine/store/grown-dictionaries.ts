import { appendDictionary } from './dictionary-files.ts';
import type { EngineStore } from './engine-store.ts';

/** Puts values that came since the last commit on the disk; a commit of the catalogue is what makes them count. */
export function appendGrownDictionaries(store: EngineStore): void {
  for (const environment of store.openEnvironments()) {
    for (const { place, dictionary } of environment.grownDictionaries()) {
      store.step('before-dictionary-append');
      appendDictionary(store.files, store.dataDir, place, dictionary);
    }
  }
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
