import { z } from 'zod';
import { method, type Method, none, SMALL_REQUEST_BYTES } from '../method.ts';

/** Secrets of sources (HOSTS §4.14): set, tested and deleted by name. No method gives a value back. */

const SecretName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'expected a-z, 0-9 and "-", up to 64');

export const SecretsState = z.strictObject({
  names: z.array(z.string()),
  protection: z.strictObject({
    kind: z.enum(['keyring', 'passphrase', 'memory']),
    text: z.string().meta({ description: 'How secrets are kept, in one sentence.' }),
  }),
});
export type SecretsState = z.infer<typeof SecretsState>;

const read = { role: 'shell', kind: 'read', cancel: 'queue', maxRequestBytes: SMALL_REQUEST_BYTES } as const;
const mutation = { ...read, kind: 'mutation' } as const;

export const SECRET_METHODS = {
  'query.secrets': method({ ...read, params: none, result: SecretsState }),
  /** Whether it is set and can be opened. */
  'query.secret.test': method({
    ...read,
    params: z.strictObject({ name: SecretName }),
    result: z.strictObject({ isSet: z.boolean() }),
  }),
  /** A new secret, or another value under a name that is there. */
  'command.secret.set': method({
    ...mutation,
    params: z.strictObject({ name: SecretName, value: z.string().min(1).max(16_384) }),
    result: SecretsState,
  }),
  'command.secret.delete': method({
    ...mutation,
    params: z.strictObject({ name: SecretName }),
    result: SecretsState,
  }),
} as const satisfies Record<string, Method>;
