import { type EngineStore, openStore } from '../engine/store/engine-store.ts';
import { acquireLock } from '../lock.ts';

/** Holds the folder while `use` works on its store. */
export async function withStore<T>(dataDir: string, use: (store: EngineStore) => T | Promise<T>): Promise<T> {
  const lock = acquireLock(dataDir, 'command');
  try {
    const store = openStore(dataDir);
    try {
      return await use(store);
    } finally {
      store.close();
    }
  } finally {
    lock.release();
  }
}
