import { z } from 'zod';
import { ROLES } from './rpc/frames.ts';

/** What only the Electron shell can do for a page, asked by `shell(command, argument)` of the bridge. What both hosts
 *  offer is in the method table and rides a link. */
export const SHELL_COMMANDS = {
  /** Opens a link outside, in the system's browser. The server host's page does that by itself. */
  'command.shell.openLink': {
    params: z.strictObject({ url: z.string().max(2_000) }),
    result: z.strictObject({}),
  },
} as const satisfies Record<string, { params: z.ZodType; result: z.ZodType }>;
export type ShellCommandName = keyof typeof SHELL_COMMANDS;
export type ShellCommandParams<C extends ShellCommandName> = z.output<(typeof SHELL_COMMANDS)[C]['params']>;
export type ShellCommandResult<C extends ShellCommandName> = z.output<(typeof SHELL_COMMANDS)[C]['result']>;

export const isShellCommand = (name: unknown): name is ShellCommandName =>
  typeof name === 'string' && Object.hasOwn(SHELL_COMMANDS, name);

/** A command's answer; errors cross as values because a rejected call loses its code on the way. */
export const ShellReply = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({
    ok: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
  }),
]);
export type ShellReply = z.infer<typeof ShellReply>;

/** Names the role that a port leads to, or whose ports lead nowhere any more. */
export const LinkNotice = z.strictObject({ role: z.enum(ROLES) });
export type LinkNotice = z.infer<typeof LinkNotice>;
