import { openReadDb } from '../../catalogue/open-db.ts';
import { secretsOfProcess } from '../secrets/make-secret.ts';
import type { SecretReader } from '../secrets/secret-store.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { type KeyedStore, readDeletionKey } from './deletion-key.ts';
import { NOBODY_REFUSED, type RefusalList, type RefusedUser, createRefusalList } from './refusal-list.ts';
import type { ForgottenUser } from './user-names.ts';

/**
 * Lets the door know whom to refuse, those who are about to be forgotten included. Nothing may be pending, since what is
 * in a batch has passed it. Throws where somebody was forgotten and the key is missing.
 */
export async function loadRefusals(store: EngineStore, leaving: Iterable<ForgottenUser> = []): Promise<void> {
  store.refusals = await readRefusals(store, store.secrets, leaving);
}

async function readRefusals(
  store: KeyedStore,
  secrets: SecretReader,
  leaving: Iterable<ForgottenUser> = [],
): Promise<RefusalList> {
  const key = await readDeletionKey(store, secrets);
  if (key === null) return NOBODY_REFUSED;
  const known = store.db
    .prepare<[], RefusedUser>('SELECT user_hash AS userHash, id_length AS idLength FROM refused_users')
    .all();
  for (const { userId, hash } of leaving) known.push({ userHash: hash, idLength: userId.length });
  return createRefusalList(key, known);
}

/** For who opens the annotations of a folder and not its store. */
export async function refusalsIn(dataDir: string): Promise<RefusalList> {
  const db = openReadDb(dataDir);
  try {
    return await readRefusals({ dataDir, db }, secretsOfProcess(dataDir));
  } finally {
    db.close();
  }
}
