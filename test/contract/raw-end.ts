import { type Frame, type Link, PROTOCOL_VERSION } from '../../shared/rpc/frames.ts';

/** The asking end without the client: sends any frame, right or wrong, and remembers what comes back. */
export class RawEnd {
  readonly frames: Frame[] = [];
  readonly bytes: (Uint8Array | undefined)[] = [];
  closedWith: string | undefined;
  readonly #link: Link;
  #watchers: (() => void)[] = [];

  constructor(link: Link) {
    this.#link = link;
    link.onClose((reason) => {
      this.closedWith = reason;
      this.#wake();
    });
    link.onFrame((frame, bin) => {
      this.frames.push(frame);
      this.bytes.push(bin);
      this.#wake();
    });
  }

  greet(proto = PROTOCOL_VERSION): this {
    this.send({ t: 'hello', proto, app: 'raw', role: 'renderer', epoch: 0 });
    return this;
  }

  /** Takes anything, because what is wrong is the point. */
  send(frame: unknown): void {
    this.#link.send(frame as Frame);
  }

  close(): void {
    this.#link.close();
  }

  of<T extends Frame['t']>(t: T): Extract<Frame, { t: T }>[] {
    return this.frames.filter((frame): frame is Extract<Frame, { t: T }> => frame.t === t);
  }

  /** The first frame that fits, now or later. */
  async next<T extends Frame['t']>(t: T, id?: number): Promise<Extract<Frame, { t: T }>> {
    for (;;) {
      const found = this.of(t).find((frame) => id === undefined || ('id' in frame && frame.id === id));
      if (found !== undefined) return found;
      if (this.closedWith !== undefined) throw new Error(`closed while waiting for ${t}: ${this.closedWith}`);
      await this.#change();
    }
  }

  async closed(): Promise<string> {
    while (this.closedWith === undefined) await this.#change();
    return this.closedWith;
  }

  /** The link is closed, or the request with this id is answered. */
  async settled(id: number): Promise<'closed' | 'ok' | 'err'> {
    for (;;) {
      const final = this.frames.find((frame) => (frame.t === 'ok' || frame.t === 'err') && frame.id === id);
      if (final !== undefined) return final.t === 'ok' ? 'ok' : 'err';
      if (this.closedWith !== undefined) return 'closed';
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#watchers.push(resolve));
  }

  #wake(): void {
    for (const watcher of this.#watchers.splice(0)) watcher();
  }
}
