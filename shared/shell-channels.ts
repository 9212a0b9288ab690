import type { Role } from './rpc/frames.ts';
import type { ShellCommandName } from './shell-commands.ts';

/** What passes between the Electron shell, its preload and the page besides the links themselves. No schema library
 *  here: the preload carries this file. */

/** Every channel there is; a test compares this list with what the shell and the preload really use. */
export const SHELL_CHANNELS = {
  /** Page → shell, answered: one command of SHELL_COMMANDS and its argument. */
  command: 'tidemark:command',
  /** Page → shell: hand out one link to the named role, as soon as its process is up. */
  connect: 'tidemark:connect',
  /** Shell → page: that link, as a port. */
  link: 'tidemark:link',
  /** Shell → page: the process behind a role is gone, so its port leads nowhere. */
  lost: 'tidemark:lost',
  /** Shell → page: a view that a deep link proposes; the page asks the user. */
  proposal: 'tidemark:proposal',
} as const;

/** The one object that the preload gives to the page, under this name. */
export const BRIDGE_NAME = 'tidemark';

export interface ShellBridge {
  readonly kind: 'electron';
  /** Each call brings one `message` event of the window: a BridgeMessage as data and one port. */
  readonly connect: (role: Role) => void;
  /** Answers with a ShellReply. */
  readonly shell: (command: ShellCommandName, argument: unknown) => Promise<unknown>;
}

/** What the preload posts to its own page: a LinkNotice with its port, a LinkNotice alone, or a DeepLink. */
export interface BridgeMessage {
  type: (typeof SHELL_CHANNELS)['link' | 'lost' | 'proposal'];
  body: unknown;
}
