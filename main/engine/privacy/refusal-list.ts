import { createHmac } from 'node:crypto';
import { namesRefusedUser } from '../annotations/names-user.ts';

export interface RefusedUser {
  userHash: string;
  idLength: number;
}

/**
 * Contract: the users who asked to be forgotten, known by nothing but a keyed hash of their id. Ids are hashed only
 * where one of their length is on the list.
 */
export interface RefusalList {
  readonly isEmpty: boolean;
  isRefused: (userId: string) => boolean;
  /** Whether a text holds the id of a refused user as a whole word. */
  isNamedIn: (text: string) => boolean;
  /** Under which key the ledger knows an object: one whose key names a refused user has none that can be read. */
  ledgerKey: (key: string) => string;
  hashOf: (text: string) => string;
}

const HASH_LENGTH = 32; // hex digits: 128 bits

export function createRefusalList(key: Uint8Array, users: readonly RefusedUser[]): RefusalList {
  const hashes = new Set(users.map(({ userHash }) => userHash));
  const lengths = new Set(users.map(({ idLength }) => idLength));
  const hashOf = (text: string): string =>
    createHmac('sha256', key).update(text).digest('hex').slice(0, HASH_LENGTH);
  const isRefused = (userId: string): boolean => lengths.has(userId.length) && hashes.has(hashOf(userId));
  const isNamedIn = (text: string): boolean => hashes.size > 0 && namesRefusedUser([text], isRefused);
  return {
    isEmpty: hashes.size === 0,
    isRefused,
    isNamedIn,
    ledgerKey: (objectKey) => (isNamedIn(objectKey) ? `${HIDDEN_KEY}${hashOf(objectKey)}` : objectKey),
    hashOf,
  };
}

/** In front of the hash that stands for the key of an object. */
export const HIDDEN_KEY = 'forgotten:';

/** Before anybody asked to be forgotten. */
export const NOBODY_REFUSED: RefusalList = {
  isEmpty: true,
  isRefused: () => false,
  isNamedIn: () => false,
  ledgerKey: (key) => key,
  hashOf: () => {
    throw new Error('the list of refused users is not loaded');
  },
};
