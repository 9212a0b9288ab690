import { AppError } from '../../../shared/errors.ts';

/** What the engine gets: secrets by name, nothing else. Values never leave it. */
export interface SecretReader {
  /** null: it is not set. */
  read: (name: string) => Promise<string | null>;
  /** The same, set to a random value where it is not; null: nothing set would last. Absent: none can be made. */
  make?: (name: string) => Promise<string | null>;
}

/** How secrets are kept, in words that a user can weigh. */
export interface Protection {
  kind: 'keyring' | 'passphrase' | 'memory';
  /** One sentence. */
  text: string;
}

/**
 * Contract: secrets by name. The interface may set, test and delete them, and see their names; nothing reads a value
 * out but a source that is about to connect.
 */
export interface SecretStore extends SecretReader {
  readonly protection: Protection;
  names: () => Promise<string[]>;
  set: (name: string, value: string) => Promise<void>;
  /** False: there was none. */
  remove: (name: string) => Promise<boolean>;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,63}$/;
const MAX_VALUE_LENGTH = 16_384; // UTF-16 units; certificates are the longest

export function checkSecretName(name: string): void {
  if (!NAME.test(name))
    throw new AppError('bad-input', `"${name}" is no name of a secret; expected a-z, 0-9 and "-", up to 64`);
}

export function checkSecretValue(value: string): void {
  if (value.trim() === '') throw new AppError('bad-input', 'a secret cannot be empty');
  if (value.length > MAX_VALUE_LENGTH)
    throw new AppError('too-large', `a secret cannot be longer than ${MAX_VALUE_LENGTH} characters`);
}
