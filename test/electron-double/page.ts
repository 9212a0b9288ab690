import { SHELL_CHANNELS } from '../../shared/shell-channels.ts';
import type { ElectronDouble } from './double/electron-double.ts';
import { type FrameDouble, type SentToPage, WebContentsDouble } from './double/web-contents.ts';

/** Plays the preload of a page: sends to the shell from any frame, and hears what comes back. */
export class PagePlayer {
  readonly contents: WebContentsDouble;
  readonly #double: ElectronDouble;

  constructor(double: ElectronDouble, contents = double.windows[0]?.webContents) {
    if (contents === undefined) throw new Error('the shell opened no window');
    this.#double = double;
    this.contents = contents;
  }

  /** A page that is none of the shell's windows. */
  static stranger(double: ElectronDouble, url: string): PagePlayer {
    return new PagePlayer(double, new WebContentsDouble(url));
  }

  get received(): readonly SentToPage[] {
    return this.contents.mainFrame.received;
  }

  connect(args: unknown[], senderFrame: FrameDouble | null = this.contents.mainFrame): void {
    const listener = this.#double.ipcListeners.get(SHELL_CHANNELS.connect);
    listener?.(this.#event(senderFrame) as Electron.IpcMainEvent, ...args);
  }

  async command(
    args: unknown[],
    senderFrame: FrameDouble | null = this.contents.mainFrame,
  ): Promise<unknown> {
    const handler = this.#double.ipcHandlers.get(SHELL_CHANNELS.command);
    const reply: unknown = await handler?.(this.#event(senderFrame) as Electron.IpcMainInvokeEvent, ...args);
    return structuredClone(reply); // as it crosses
  }

  /** The next message of a channel, or one that came before. */
  async next(channel: string): Promise<SentToPage> {
    const { mainFrame } = this.contents;
    for (;;) {
      const found = mainFrame.received.find((message) => message.channel === channel);
      if (found !== undefined) return found;
      await new Promise((resolve) => mainFrame.once('received', resolve));
    }
  }

  press(): void {
    this.contents.emit('input-event', {}, { type: 'mouseDown' });
  }

  #event(senderFrame: FrameDouble | null): unknown {
    return { sender: this.contents, senderFrame };
  }
}
