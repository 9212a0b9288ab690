import { z } from 'zod';
import { ROLES } from './rpc/frames.ts';
import { METHODS } from './rpc/methods.ts';

/** What a page may ask of the Electron shell by `shell(command, argument)`. */

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
export const ShellReply = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), result: z.unknown() }),
  z.strictObject({
    ok: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }),
  }),
]);
export type ShellReply = z.infer<typeof ShellReply>;

/** Comes with every port; a newer epoch of the same role replaces the older one. */
export const LinkMessage = z.strictObject({ role: z.enum(ROLES), epoch: z.int().min(0) });
export type LinkMessage = z.infer<typeof LinkMessage>;
