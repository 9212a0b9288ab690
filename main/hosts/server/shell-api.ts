import { SERVER_CAPABILITIES } from '../../../shared/capabilities.ts';
import type { Handlers } from '../../../shared/rpc/handlers.ts';
import { secretHandlers } from '../../engine/secrets/secret-handlers.ts';
import type { SecretStore } from '../../engine/secrets/secret-store.ts';

interface ShellDeps {
  interruptQuery: () => void;
  secrets: Promise<SecretStore>;
}

/** What the shell of the server host answers by itself. */
export function shellHandlers({ interruptQuery, secrets }: ShellDeps): Handlers<'shell'> {
  return {
    'query.shell.capabilities': () => SERVER_CAPABILITIES,
    'command.query.interrupt': () => {
      interruptQuery();
      return {};
    },
    ...secretHandlers(secrets),
  };
}
