import type { LinkMessage, ShellCommandName } from './shell-commands.ts';

/** What passes between the Electron shell, its preload and the page. The server host has no such bridge: there the
 *  shell's methods ride the same lane as all others. No schema library here: the preload carries this file. */

/** Every channel there is; a test compares this list with what the shell and the preload really use. */
export const SHELL_CHANNELS = {
  /** Page → shell, answered: one command of SHELL_COMMANDS and its argument. */
  command: 'tidemark:command',
  /** Page → shell: hand out links, now and after every restart of a process. */
  connect: 'tidemark:connect',
  /** Shell → page: a port for one role. */
  link: 'tidemark:link',
  /** Shell → page: a view that a deep link proposes; the page asks the user. */
  proposal: 'tidemark:proposal',
} as const;

/** The one object that the preload gives to the page, under this name. */
export const BRIDGE_NAME = 'tidemark';

export interface ShellBridge {
  readonly kind: 'electron';
  /** Asks for links. Each arrives as a `message` event of the window: `BridgeMessage` data and one port. */
  readonly connect: () => void;
  /** Answers with a ShellReply. */
  readonly shell: (command: ShellCommandName, argument: unknown) => Promise<unknown>;
}

/** What the preload posts to its own page. */
export type BridgeMessage =
  | { type: typeof SHELL_CHANNELS.link; body: LinkMessage }
  | { type: typeof SHELL_CHANNELS.proposal; body: unknown };
