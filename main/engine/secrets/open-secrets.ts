import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import { createMemorySecrets } from './memory-secrets.ts';
import { createPassphraseSealer } from './passphrase-sealer.ts';
import { createSealedSecrets } from './sealed-secrets.ts';
import type { SecretStore } from './secret-store.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'TIDEMARK_SECRET_';
const PASSPHRASE = 'TIDEMARK_PASSPHRASE';
const PASSPHRASE_FILE = 'TIDEMARK_PASSPHRASE_FILE';

/** `events-s3` is given by `TIDEMARK_SECRET_EVENTS_S3`. */
export const variableOf = (name: string): string => `${PREFIX}${name.toUpperCase().replaceAll('-', '_')}`;

/**
 * The secrets of the server host and the command line (HOSTS §4.14): a variable comes before what is stored, and what is
 * stored lies in a file that a passphrase opens; without one it stays in memory.
 */
export function openSecrets(dataDir: string, env: Environment, scryptCost?: number): SecretStore {
  const file = path.join(dataDir, 'secrets.sealed');
  const passphrase = passphraseOf(env);
  const stored =
    passphrase === null
      ? unopened(file)
      : createSealedSecrets(file, createPassphraseSealer(passphrase, scryptCost));
  return withVariables(stored, env);
}

/** Variables can be read, not set or deleted: whoever gave them keeps them. */
export function withVariables(stored: SecretStore, env: Environment): SecretStore {
  return {
    ...stored,
    read: async (name) => env[variableOf(name)] ?? (await stored.read(name)),
    async names() {
      const given = Object.keys(env)
        .filter((variable) => variable.startsWith(PREFIX) && env[variable] !== '')
        .map((variable) => variable.slice(PREFIX.length).toLowerCase().replaceAll('_', '-'));
      return [...new Set([...given, ...(await stored.names())])].sort();
    },
  };
}

function passphraseOf(env: Environment): string | null {
  const given = env[PASSPHRASE];
  if (given !== undefined && given !== '') return given;
  const file = env[PASSPHRASE_FILE];
  if (file === undefined || file === '') return null;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw new AppError('not-readable', `${PASSPHRASE_FILE} names ${file}, which cannot be read`, { cause });
  }
}

/** Without the passphrase nothing stored can be had, and nothing is written over it. */
function unopened(file: string): SecretStore {
  const memory = createMemorySecrets(`No passphrase is given (${PASSPHRASE} or ${PASSPHRASE_FILE}).`);
  return {
    ...memory,
    async read(name) {
      const value = await memory.read(name);
      if (value !== null || !existsSync(file)) return value;
      throw new AppError(
        'auth-failed',
        `the secret "${name}" may be stored, but no passphrase is given; set ${PASSPHRASE} or ${PASSPHRASE_FILE}`,
      );
    },
  };
}
