import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { StandsIn } from './stands-in.ts';

type Backend = ReturnType<Electron.SafeStorage['getSelectedStorageBackend']>;

/** Stands in for Electron's keyring: really encrypts, with a key that a test can take away or renew. */
export class SafeStorageDouble {
  isAvailable = true;
  backend: Backend = 'gnome_libsecret';
  /** Every answer asks to be stored anew, as after a change of keys. */
  shouldReEncrypt = false;
  key = randomBytes(32);
  encrypted = 0;

  get module() {
    return {
      isAsyncEncryptionAvailable: () => Promise.resolve(this.isAvailable),
      getSelectedStorageBackend: () => this.backend,
      encryptStringAsync: (plainText: string): Promise<Buffer> => {
        this.encrypted++;
        const nonce = randomBytes(12);
        const cipher = createCipheriv('aes-256-gcm', this.key, nonce);
        const sealed = Buffer.concat([cipher.update(plainText, 'utf8'), cipher.final()]);
        return Promise.resolve(Buffer.concat([nonce, cipher.getAuthTag(), sealed]));
      },
      decryptStringAsync: async (encrypted: Buffer) => {
        const decipher = createDecipheriv('aes-256-gcm', this.key, encrypted.subarray(0, 12));
        decipher.setAuthTag(encrypted.subarray(12, 28));
        const opened = Buffer.concat([decipher.update(encrypted.subarray(28)), decipher.final()]);
        return Promise.resolve({ result: opened.toString('utf8'), shouldReEncrypt: this.shouldReEncrypt });
      },
    } satisfies StandsIn<Electron.SafeStorage>;
  }
}
