import { EventEmitter } from 'node:events';
import { PortDouble } from './ports.ts';
import type { Own, StandsIn } from './stands-in.ts';

/** What the shell sent to a page. */
export interface SentToPage {
  channel: string;
  body: unknown;
  ports: PortDouble[];
}

let lastFrameId = 0;

export class FrameDouble extends EventEmitter implements StandsIn<Own<Electron.WebFrameMain>> {
  readonly frameTreeNodeId = ++lastFrameId;
  url: string;
  detached = false;
  /** Everything that reached the page in this frame. */
  readonly received: SentToPage[] = [];

  constructor(url: string) {
    super();
    this.url = url;
  }

  isDestroyed(): boolean {
    return false;
  }

  postMessage(channel: string, message: unknown, transfer: unknown[] = []): void {
    const ports = transfer.map((port) => PortDouble.handOver(port));
    this.#receive({ channel, body: structuredClone(message), ports });
  }

  send(channel: string, ...args: unknown[]): void {
    this.#receive({ channel, body: structuredClone(args[0]), ports: [] });
  }

  #receive(message: SentToPage): void {
    this.received.push(message);
    this.emit('received', message);
  }
}

type OpenHandler = (details: Electron.HandlerDetails) => Electron.WindowOpenHandlerResponse;

export class WebContentsDouble extends EventEmitter implements StandsIn<Own<Electron.WebContents>> {
  readonly mainFrame: FrameDouble;
  openHandler: OpenHandler | undefined;
  reloads = 0;

  constructor(url: string) {
    super();
    this.mainFrame = new FrameDouble(url);
  }

  isDestroyed(): boolean {
    return false;
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler;
  }

  send(channel: string, ...args: unknown[]): void {
    this.mainFrame.send(channel, ...args);
  }

  reload(): void {
    this.reloads++;
  }

  /** Fires a navigation event as Electron does; true when the shell let it pass. */
  navigate(event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect', url: string): boolean {
    let isPrevented = false;
    const details = { url, preventDefault: () => (isPrevented = true) };
    this.emit(event, details);
    return !isPrevented;
  }
}
