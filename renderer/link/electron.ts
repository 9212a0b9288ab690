import { AppError } from '../../shared/errors.ts';
import { type Link, type Role, ROLES } from '../../shared/rpc/frames.ts';
import type { Host } from '../../shared/rpc/host.ts';
import { createPortLink } from '../../shared/rpc/port-link.ts';
import { BRIDGE_NAME, SHELL_CHANNELS, type ShellBridge } from '../../shared/shell-channels.ts';
import { LinkNotice, ShellReply } from '../../shared/shell-commands.ts';

/** The preload's object; undefined in a browser. */
export function findBridge(): ShellBridge | undefined {
  const bridge: unknown = Reflect.get(window, BRIDGE_NAME);
  return bridge === undefined ? undefined : (bridge as ShellBridge); // only the preload can put it there
}

/** A port per role, handed over by the preload as a message of the window. */
export function createElectronHost(bridge: ShellBridge) {
  const ports = new PortDesk(bridge);
  return {
    lanes: ROLES.map((role) => ({ roles: [role], open: () => ports.open(role) })),
    openLink: async (url: string) => {
      const reply = ShellReply.parse(await bridge.shell('command.shell.openLink', { url }));
      if (!reply.ok) throw new AppError('not-available', reply.error.message);
    },
  } satisfies Host;
}

class PortDesk {
  readonly #bridge: ShellBridge;
  readonly #waiting = new Map<Role, (link: Link) => void>();
  readonly #open = new Map<Role, Link>();

  constructor(bridge: ShellBridge) {
    this.#bridge = bridge;
    addEventListener('message', (event) => {
      this.#receive(event);
    });
  }

  open(role: Role): Promise<Link> {
    return new Promise((resolve) => {
      this.#waiting.set(role, resolve);
      this.#bridge.connect(role);
    });
  }

  /** Only this window's own preload is heard. */
  #receive({ source, origin, data, ports }: MessageEvent<unknown>): void {
    if (source !== window || origin !== location.origin || typeof data !== 'object' || data === null) return;
    const { type, body } = data as { type?: unknown; body?: unknown };
    if (type !== SHELL_CHANNELS.link && type !== SHELL_CHANNELS.lost) return;
    const { role } = LinkNotice.parse(body);
    if (type === SHELL_CHANNELS.lost) this.#open.get(role)?.close('the process was replaced');
    else this.#hand(role, ports[0]);
  }

  #hand(role: Role, port: MessagePort | undefined): void {
    const resolve = this.#waiting.get(role);
    if (port === undefined || resolve === undefined) return;
    this.#waiting.delete(role);
    const link = createPortLink(port);
    this.#open.set(role, link);
    resolve(link);
  }
}
