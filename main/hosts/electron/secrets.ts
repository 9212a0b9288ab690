import path from 'node:path';
import type { SafeStorage } from 'electron';
import { AppError } from '../../../shared/errors.ts';
import { createMemorySecrets } from '../../engine/secrets/memory-secrets.ts';
import { openSecrets } from '../../engine/secrets/open-secrets.ts';
import type { Sealer } from '../../engine/secrets/sealer.ts';
import { createSealedSecrets } from '../../engine/secrets/sealed-secrets.ts';
import type { SecretStore } from '../../engine/secrets/secret-store.ts';

/** Electron's own members that are used: the asynchronous ones, since the others are going away. */
type Storage = Pick<
  SafeStorage,
  'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync' | 'getSelectedStorageBackend'
>;

export interface ElectronSecretsOptions {
  storage: Storage;
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
}

/** With these, Linux encrypts with a key that everybody knows and says that encryption is available all the same. */
const NO_KEYRING: ReadonlySet<string> = new Set(['basic_text', 'unknown']);

/**
 * The desktop app's secrets (HOSTS §4.14): in the system's keyring. Where there is none they are not protected by one,
 * and the choice is a passphrase file, if a passphrase is given, or memory. To be called when the app is ready.
 */
export async function openElectronSecrets(options: ElectronSecretsOptions): Promise<SecretStore> {
  const { storage, dataDir, env } = options;
  if (await hasKeyring(options))
    return createSealedSecrets(path.join(dataDir, 'secrets.keyring'), createKeyringSealer(storage));
  const hasPassphrase = Boolean(env['TIDEMARK_PASSPHRASE'] ?? env['TIDEMARK_PASSPHRASE_FILE']);
  if (hasPassphrase) return openSecrets(dataDir, env);
  return createMemorySecrets(
    'Secrets are not protected by a keyring here; a passphrase file can be used instead.',
  );
}

async function hasKeyring({ storage, platform }: ElectronSecretsOptions): Promise<boolean> {
  if (!(await storage.isAsyncEncryptionAvailable())) return false;
  return platform !== 'linux' || !NO_KEYRING.has(storage.getSelectedStorageBackend());
}

function createKeyringSealer(storage: Storage): Sealer {
  return {
    protection: { kind: 'keyring', text: 'Secrets are encrypted with a key of the system’s keyring.' },
    seal: (text) => storage.encryptStringAsync(text),
    async open(sealed) {
      try {
        const { result, shouldReEncrypt } = await storage.decryptStringAsync(Buffer.from(sealed));
        return { text: result, sealAgain: shouldReEncrypt };
      } catch (cause) {
        throw new AppError(
          'auth-failed',
          'the system’s keyring does not open the stored secrets; unlock it, or set them again',
          { cause },
        );
      }
    },
  };
}
