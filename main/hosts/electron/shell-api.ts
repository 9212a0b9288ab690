import type { IpcMain, IpcMainEvent, IpcMainInvokeEvent, WebContents, WebFrameMain } from 'electron';
import { AppError, toErrorShape } from '../../../shared/errors.ts';
import { Role } from '../../../shared/rpc/frames.ts';
import { SHELL_CHANNELS } from '../../../shared/shell-channels.ts';
import {
  isShellCommand,
  SHELL_COMMANDS,
  type ShellCommandName,
  type ShellCommandParams,
  type ShellCommandResult,
  type ShellReply,
} from '../../../shared/shell-commands.ts';
import { isOurs } from './is-ours.ts';

export type ShellHandlers = {
  [C in ShellCommandName]: (params: ShellCommandParams<C>) => Promise<ShellCommandResult<C>>;
};

export interface ShellApiDeps {
  ipcMain: Pick<IpcMain, 'on' | 'handle'>;
  /** The page of our window; null while there is none. */
  ourContents: () => WebContents | null;
  handlers: ShellHandlers;
  /** The page wants a link. */
  onConnect: (role: Role, frame: WebFrameMain) => void;
  onRefused: (channel: string) => void;
}

/** Registers every channel that a page may send on. A message counts only if the main frame of our window sent it while
 *  it showed our page; a frame that is gone meanwhile has no address and is refused as well. */
export function registerShellApi({
  ipcMain,
  ourContents,
  handlers,
  onConnect,
  onRefused,
}: ShellApiDeps): void {
  ipcMain.on(SHELL_CHANNELS.connect, (event, ...args: unknown[]) => {
    const frame = trustedFrame(event, ourContents());
    const role = Role.safeParse(args[0]);
    if (frame === null || !role.success || args.length !== 1) return onRefused(SHELL_CHANNELS.connect);
    onConnect(role.data, frame);
  });
  ipcMain.handle(SHELL_CHANNELS.command, async (event, ...args: unknown[]): Promise<ShellReply> => {
    if (trustedFrame(event, ourContents()) !== null) return runCommand(handlers, args);
    onRefused(SHELL_CHANNELS.command);
    return failure(new AppError('auth-failed', 'this page may not ask the shell'));
  });
}

/** A frame's id is unique in the whole browser, so the id of our window's main frame stands for window and frame. */
function trustedFrame(
  { senderFrame }: IpcMainEvent | IpcMainInvokeEvent,
  contents: WebContents | null,
): WebFrameMain | null {
  if (senderFrame === null || contents === null) return null;
  const isMainFrame = senderFrame.frameTreeNodeId === contents.mainFrame.frameTreeNodeId;
  return isMainFrame && isOurs(senderFrame.url) ? senderFrame : null;
}

async function runCommand(
  handlers: ShellHandlers,
  [command, argument, ...extra]: unknown[],
): Promise<ShellReply> {
  try {
    if (!isShellCommand(command)) throw new AppError('bad-input', 'unknown shell command');
    const params = SHELL_COMMANDS[command].params.safeParse(argument);
    if (!params.success || extra.length > 0)
      throw new AppError('bad-input', `${command}: malformed argument`);
    return { ok: true, result: await handlers[command](params.data) };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): ShellReply {
  const { code, message, retryable } = toErrorShape(error);
  return { ok: false, error: { code, message, retryable } };
}
