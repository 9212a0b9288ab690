import type { Frame, Link } from '../../shared/rpc/frames.ts';
import type { LinkMessage } from './control.ts';

/** Several links over the one channel between a process and its child. The parent opens, either side closes. */
export class LinkMux {
  readonly #post: (message: LinkMessage) => void;
  readonly #onOpened: (link: Link) => void;
  readonly #links = new Map<number, MuxedLink>();
  #lastId = 0;
  #endReason: string | undefined;

  constructor(post: (message: LinkMessage) => void, onOpened: (link: Link) => void = () => undefined) {
    this.#post = post;
    this.#onOpened = onOpened;
  }

  open(): Link {
    const id = ++this.#lastId;
    this.#post({ c: 'open', link: id });
    const link = this.#create(id);
    if (this.#endReason !== undefined) link.end(this.#endReason);
    return link;
  }

  receive(message: LinkMessage): void {
    if (message.c === 'open') return this.#onOpened(this.#create(message.link));
    const link = this.#links.get(message.link);
    if (message.c === 'frame') link?.receive(message.frame, message.bin);
    else link?.end(message.reason);
  }

  /** The channel is gone. */
  endAll(reason: string): void {
    this.#endReason = reason;
    for (const link of [...this.#links.values()]) link.end(reason);
  }

  #create(id: number): MuxedLink {
    const link = new MuxedLink(id, this.#post, () => this.#links.delete(id));
    this.#links.set(id, link);
    return link;
  }
}

class MuxedLink implements Link {
  readonly #id: number;
  readonly #post: (message: LinkMessage) => void;
  readonly #onEnd: () => void;
  #endReason: string | undefined;
  #onFrame: ((frame: Frame, bin?: Uint8Array) => void) | undefined;
  #early: [Frame, Uint8Array | undefined][] = [];
  #closeCallbacks: ((reason: string) => void)[] = [];

  constructor(id: number, post: (message: LinkMessage) => void, onEnd: () => void) {
    this.#id = id;
    this.#post = post;
    this.#onEnd = onEnd;
  }

  send(frame: Frame, bin?: Uint8Array): void {
    if (this.#endReason !== undefined) return;
    this.#post({ c: 'frame', link: this.#id, frame, ...(bin === undefined ? {} : { bin }) });
  }

  onFrame(callback: (frame: Frame, bin?: Uint8Array) => void): void {
    this.#onFrame = callback;
    for (const [frame, bin] of this.#early.splice(0)) callback(frame, bin);
  }

  onClose(callback: (reason: string) => void): void {
    const reason = this.#endReason;
    if (reason === undefined) this.#closeCallbacks.push(callback);
    else void Promise.resolve().then(() => callback(reason));
  }

  close(reason = 'closed'): void {
    if (this.#endReason === undefined) this.#post({ c: 'close', link: this.#id, reason });
    this.end(reason);
  }

  receive(frame: Frame, bin: Uint8Array | undefined): void {
    if (this.#endReason !== undefined) return;
    if (this.#onFrame === undefined) this.#early.push([frame, bin]);
    else this.#onFrame(frame, bin);
  }

  end(reason: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#onEnd();
    for (const callback of this.#closeCallbacks.splice(0)) callback(reason);
  }
}
