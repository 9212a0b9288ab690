import type { MessageChannelMain, WebContents, WebFrameMain } from 'electron';
import type { Link, Role } from '../../../shared/rpc/frames.ts';
import { createPortLink } from '../../../shared/rpc/port-link.ts';
import { SHELL_CHANNELS } from '../../../shared/shell-channels.ts';
import type { LinkNotice } from '../../../shared/shell-commands.ts';
import type { ForkedRole } from '../../supervisor/forks.ts';
import type { Supervisor } from '../../supervisor/supervisor.ts';
import type { PortProcess } from './forker.ts';

export interface LinkDeps {
  MessageChannelMain: new () => MessageChannelMain;
  supervisor: Pick<Supervisor<PortProcess>, 'whenUp'>;
  /** Serves a link to the shell itself. */
  acceptShellLink: (link: Link) => void;
}

/** Makes one channel per request of a page: one port for the process, the other for the page. */
export function createLinkGiver({ MessageChannelMain, supervisor, acceptShellLink }: LinkDeps) {
  return async (role: Role, frame: WebFrameMain): Promise<void> => {
    const target = role === 'shell' ? null : await supervisor.whenUp(role).catch(() => 'given up' as const);
    if (frame.isDestroyed() || frame.detached) return; // the page went away while the process started
    const notice: LinkNotice = { role };
    if (target === 'given up') {
      frame.send(SHELL_CHANNELS.lost, notice);
      return;
    }
    const { port1, port2 } = new MessageChannelMain();
    if (target === null) acceptShellLink(createPortLink(port1));
    else target.givePort(port1);
    frame.postMessage(SHELL_CHANNELS.link, notice, [port2]);
  };
}

/** Tells the page at once that a process is gone, without waiting for its ports to notice. */
export function tellLost(contents: WebContents | null, role: ForkedRole): void {
  if (contents !== null && !contents.isDestroyed())
    contents.send(SHELL_CHANNELS.lost, { role } satisfies LinkNotice);
}
