import { SERVER_CAPABILITIES } from '../../../shared/capabilities.ts';
import type { Handlers } from '../../../shared/rpc/handlers.ts';

/** What the shell of the server host answers by itself. */
export function shellHandlers({ interruptQuery }: { interruptQuery: () => void }): Handlers<'shell'> {
  return {
    'query.shell.capabilities': () => SERVER_CAPABILITIES,
    'command.query.interrupt': () => {
      interruptQuery();
      return {};
    },
  };
}
