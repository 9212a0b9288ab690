import { randomBytes } from 'node:crypto';
import { openSecrets } from './open-secrets.ts';
import type { SecretReader, SecretStore } from './secret-store.ts';

const SECRET_BYTES = 32;

/** What is set under a name, or else a random value that is set now; null: nothing set would outlive the program. */
export async function makeSecret(store: SecretStore, name: string): Promise<string | null> {
  if (store.protection.kind === 'memory') return null;
  const known = await store.read(name);
  if (known !== null) return known;
  const made = randomBytes(SECRET_BYTES).toString('hex');
  await store.set(name, made);
  return made;
}

/** For who opens a folder without a shell around it: by the variables and the passphrase of this process. */
export const secretsOfProcess = (dataDir: string): Required<SecretReader> => ({
  read: (name) => openSecrets(dataDir, process.env).read(name),
  make: (name) => makeSecret(openSecrets(dataDir, process.env), name),
});
