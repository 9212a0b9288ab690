import { type SecretStore, checkSecretName, checkSecretValue } from './secret-store.ts';

/** Secrets that are gone when the program ends. `reason` says why nothing better is to be had. */
export function createMemorySecrets(reason: string): SecretStore {
  const values = new Map<string, string>();
  return {
    protection: {
      kind: 'memory',
      text: `${reason} Secrets stay in memory and are gone when the program ends.`,
    },
    read: (name) => Promise.resolve(values.get(name) ?? null),
    names: () => Promise.resolve([...values.keys()].sort()),
    set(name, value) {
      checkSecretName(name);
      checkSecretValue(value);
      values.set(name, value);
      return Promise.resolve();
    },
    remove: (name) => Promise.resolve(values.delete(name)),
  };
}
