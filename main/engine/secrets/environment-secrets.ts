import type { SecretReader } from './secret-store.ts';

const PREFIX = 'TIDEMARK_SECRET_';

/** `events-s3` is read from `TIDEMARK_SECRET_EVENTS_S3` (HOSTS §4.14). */
export function environmentSecrets(env: Readonly<Record<string, string | undefined>>): SecretReader {
  return { read: (name) => Promise.resolve(env[variableOf(name)] ?? null) };
}

export const variableOf = (name: string): string => `${PREFIX}${name.toUpperCase().replaceAll('-', '_')}`;
