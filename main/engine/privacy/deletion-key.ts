import { createHmac, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { ReadDb } from '../../catalogue/open-db.ts';
import { AppError } from '../../../shared/errors.ts';
import { writeSecretFile } from '../secrets/secret-file.ts';
import type { SecretReader } from '../secrets/secret-store.ts';
import type { EngineStore } from '../store/engine-store.ts';

const NAME = 'deletion-key';
const FILE = 'deletion.key'; // only where no secret store outlives the program
const KEY_BYTES = 32;

export interface KeyedStore {
  dataDir: string;
  db: Pick<ReadDb, 'prepare'>;
}

/** The key of the refusal list; null: nobody has asked to be forgotten yet, and there is none. */
export async function readDeletionKey(store: KeyedStore, secrets: SecretReader): Promise<Uint8Array | null> {
  const proof = proofIn(store);
  if (proof === null) return null;
  for (const key of [await fromSecrets(secrets), fromFile(store.dataDir)])
    if (key !== null && proofOf(key) === proof) return key;
  throw new AppError(
    'auth-failed',
    'users asked to be forgotten, and the key that knows them cannot be had; without it their rows would come back. ' +
      'Give the passphrase or keyring that it was stored with',
  );
}

/** The same, made on first use: in the secret store, or where that forgets everything, in a file of its own. */
export async function ensureDeletionKey(store: EngineStore): Promise<Uint8Array> {
  const known = await readDeletionKey(store, store.secrets);
  if (known !== null) return known;
  const made = await store.secrets.make?.(NAME);
  const key = made === undefined || made === null ? makeFile(store) : keyIn(made);
  store.db.prepare<[string]>('INSERT INTO deletion_key (singleton, proof) VALUES (1, ?)').run(proofOf(key));
  return key;
}

function makeFile({ dataDir }: EngineStore): Buffer {
  const key = randomBytes(KEY_BYTES);
  writeSecretFile(path.join(dataDir, FILE), hexOf(key));
  return key;
}

function keyIn(text: string): Buffer {
  const key = Buffer.from(text, 'hex');
  if (key.length === KEY_BYTES) return key;
  throw new AppError('bad-input', `the secret "${NAME}" is no key; expected ${KEY_BYTES} bytes in hex`);
}

/** Where the key is kept, in words. */
export function keyProtection(store: KeyedStore): string {
  if (existsSync(path.join(store.dataDir, FILE)))
    return `The key of the refusal list lies in ${FILE}, readable by its owner alone.`;
  return proofIn(store) === null
    ? 'There is no key of the refusal list yet; the first request makes it.'
    : 'The key of the refusal list lies in the secret store.';
}

const proofIn = ({ db }: KeyedStore): string | null =>
  db.prepare<[], { proof: string }>('SELECT proof FROM deletion_key').get()?.proof ?? null;

const proofOf = (key: Uint8Array): string => createHmac('sha256', key).update('proof').digest('hex');

async function fromSecrets(secrets: SecretReader): Promise<Uint8Array | null> {
  try {
    const text = await secrets.read(NAME);
    return text === null ? null : Buffer.from(text, 'hex');
  } catch (error) {
    if (error instanceof AppError && error.code === 'auth-failed') return null;
    throw error;
  }
}

function fromFile(dataDir: string): Uint8Array | null {
  const file = path.join(dataDir, FILE);
  return existsSync(file) ? Buffer.from(readFileSync(file, 'utf8').trim(), 'hex') : null;
}

const hexOf = (key: Buffer): Uint8Array => Buffer.from(`${key.toString('hex')}\n`);
