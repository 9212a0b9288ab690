import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import type { Sealer } from './sealer.ts';

const KEY_BYTES = 32;
const SALT_BYTES = 16;
const NONCE_BYTES = 12; // what GCM is made for
const CIPHER = 'aes-256-gcm';
/** scrypt's N: 64 MB and a fifth of a second per guess*. */
export const SCRYPT_COST = 1 << 16;
const BLOCKS = { r: 8, p: 1 };
const MOST_MEMORY_BYTES = 256 << 20;
const SHORTEST_PASSPHRASE = 8;

const Base64 = z.base64();
const Sealed = z.strictObject({
  version: z.literal(1),
  scrypt: z.strictObject({
    N: z
      .int()
      .min(1 << 14)
      .max(1 << 20),
    r: z.literal(8),
    p: z.literal(1),
    salt: Base64,
  }),
  nonce: Base64,
  tag: Base64,
  text: Base64,
});

interface Key {
  salt: string;
  cost: number;
  bytes: Promise<Buffer>;
}

/** scrypt → AES-256-GCM (HOSTS §4.14). The key is derived once and then held in memory. */
export function createPassphraseSealer(passphrase: string, cost = SCRYPT_COST): Sealer {
  if (passphrase.length < SHORTEST_PASSPHRASE)
    throw new AppError('bad-input', `a passphrase needs at least ${SHORTEST_PASSPHRASE} characters`);
  let latest: Key | undefined;
  const keyOf = (salt: string, keyCost: number): Promise<Buffer> => {
    if (latest?.salt !== salt || latest.cost !== keyCost)
      latest = { salt, cost: keyCost, bytes: derived(passphrase, Buffer.from(salt, 'base64'), keyCost) };
    return latest.bytes;
  };

  return {
    protection: { kind: 'passphrase', text: 'Secrets lie in a file that only the passphrase opens.' },
    async seal(text) {
      const salt = latest?.cost === cost ? latest.salt : randomBytes(SALT_BYTES).toString('base64');
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, await keyOf(salt, cost), nonce);
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      const file: z.infer<typeof Sealed> = {
        version: 1,
        scrypt: { N: cost, r: 8, p: 1, salt },
        nonce: nonce.toString('base64'),
        tag: cipher.getAuthTag().toString('base64'),
        text: sealed.toString('base64'),
      };
      return Buffer.from(JSON.stringify(file));
    },
    async open(sealed) {
      const { scrypt: kdf, nonce, tag, text } = parsed(sealed);
      const decipher = createDecipheriv(CIPHER, await keyOf(kdf.salt, kdf.N), Buffer.from(nonce, 'base64'), {
        authTagLength: 16,
      });
      try {
        decipher.setAuthTag(Buffer.from(tag, 'base64'));
        const opened = Buffer.concat([decipher.update(text, 'base64'), decipher.final()]);
        return { text: opened.toString('utf8'), sealAgain: kdf.N !== cost };
      } catch (cause) {
        throw new AppError('auth-failed', 'the passphrase does not open the stored secrets', { cause });
      }
    },
  };
}

function parsed(sealed: Uint8Array): z.infer<typeof Sealed> {
  try {
    return Sealed.parse(JSON.parse(Buffer.from(sealed).toString('utf8')));
  } catch (cause) {
    throw new AppError('corrupt', 'the stored secrets cannot be read; delete the file and set them again', {
      cause,
    });
  }
}

const derived = (passphrase: string, salt: Buffer, cost: number): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const options = { ...BLOCKS, N: cost, maxmem: MOST_MEMORY_BYTES };
    scrypt(passphrase.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
