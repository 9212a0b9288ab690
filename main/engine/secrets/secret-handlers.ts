import type { SecretsState } from '../../../shared/rpc/contract/secrets.ts';
import type { Handlers } from '../../../shared/rpc/handlers.ts';
import type { SecretStore } from './secret-store.ts';

export type SecretHandlers = Pick<
  Handlers<'shell'>,
  'query.secrets' | 'query.secret.test' | 'command.secret.set' | 'command.secret.delete'
>;

/** Secrets behind the contract, in the shell that keeps them: no answer holds a value. */
export function secretHandlers(opened: Promise<SecretStore>): SecretHandlers {
  const state = async (): Promise<SecretsState> => {
    const { protection, names } = await opened;
    return { names: await names(), protection };
  };
  return {
    'query.secrets': state,
    'query.secret.test': async ({ name }) => ({ isSet: (await (await opened).read(name)) !== null }),
    'command.secret.set': async ({ name, value }) => {
      await (await opened).set(name, value);
      return state();
    },
    'command.secret.delete': async ({ name }) => {
      await (await opened).remove(name);
      return state();
    },
  };
}
