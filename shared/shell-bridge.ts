import { z } from 'zod';
import { ROLES } from './rpc/frames.ts';
import { METHODS } from './rpc/methods.ts';

/** What passes between the Electron shell, its preload and the page. The server host has no such bridge: there the
 *  shell's methods ride the same lane as all others. */

/** Every channel there is; a test compares this list with what the shell and the preload really register. */
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

interface ShellCommand<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  params: Params;
  result: Result;
}

const capabilities = METHODS['query.shell.capabilities'];

export const SHELL_COMMANDS = {
  'query.shell.capabilities': { params: capabilities.params, result: capabilities.result },
  /** Opens a link outside, in the system's browser. */
  'command.shell.openLink': {
    params: z.strictObject({ url: z.string().max(2_000) }),
    result: z.strictObject({}),
  },
} as const satisfies Record<string, ShellCommand>;
export type ShellCommandName = keyof typeof SHELL_COMMANDS;
export type ShellCommandParams<C extends ShellCommandName> = z.output<(typeof SHELL_COMMANDS)[C]['params']>;
export type ShellCommandResult<C extends ShellCommandName> = z.output<(typeof SHELL_COMMANDS)[C]['result']>;

export const isShellCommand = (name: unknown): name is ShellCommandName =>
  typeof name === 'string' && Object.hasOwn(SHELL_COMMANDS, name);

/** A command's answer; errors cross as values because a rejected call loses its code on the way. */
export const ShellReply = z.union([
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({
    ok: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
  }),
]);
export type ShellReply = z.infer<typeof ShellReply>;

/** What the preload posts to its own page, the port beside it. */
export const LinkMessage = z.strictObject({
  type: z.literal('tidemark:link'),
  role: z.enum(ROLES),
  epoch: z.int().min(0),
});
export type LinkMessage = z.infer<typeof LinkMessage>;

/** The one object that the preload gives to the page. */
export interface ShellBridge {
  readonly kind: 'electron';
  /** Asks for links; each arrives as a `message` event of the window: a LinkMessage with one port. */
  readonly connect: () => void;
  readonly shell: (command: ShellCommandName, argument: unknown) => Promise<unknown>;
}
export const BRIDGE_NAME = 'tidemark';
