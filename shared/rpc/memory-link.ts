import type { Frame, Link } from './frames.ts';

/** Two ends of one lane inside a process. Delivery is asynchronous and in order, like every other lane. `copy` stands
 *  for the structured clone of the lanes between processes. */
export function createMemoryLinkPair(copy: <T>(value: T) => T = (value) => value): [Link, Link] {
  const left = new MemoryEnd(copy);
  const right = new MemoryEnd(copy);
  left.peer = right;
  right.peer = left;
  return [left, right];
}

type Item = { frame: Frame; bin: Uint8Array | undefined } | { closed: string };

class MemoryEnd implements Link {
  peer: MemoryEnd | undefined;
  readonly #copy: <T>(value: T) => T;
  readonly #inbox: Item[] = [];
  #frameCallback: ((frame: Frame, bin?: Uint8Array) => void) | undefined;
  #closeCallbacks: ((reason: string) => void)[] = [];
  #open = true;
  #draining = false;

  constructor(copy: <T>(value: T) => T) {
    this.#copy = copy;
  }

  send(frame: Frame, bin?: Uint8Array): void {
    if (this.#open)
      this.peer?.receive({ frame: this.#copy(frame), bin: bin === undefined ? bin : this.#copy(bin) });
  }

  onFrame(callback: (frame: Frame, bin?: Uint8Array) => void): void {
    this.#frameCallback = callback;
    this.#schedule();
  }

  onClose(callback: (reason: string) => void): void {
    this.#closeCallbacks.push(callback);
  }

  close(reason = 'closed'): void {
    if (!this.#open) return;
    this.peer?.receive({ closed: reason });
    this.#end(reason);
  }

  receive(item: Item): void {
    this.#inbox.push(item);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#draining || this.#frameCallback === undefined) return;
    this.#draining = true;
    void Promise.resolve().then(() => this.#drain());
  }

  #drain(): void {
    this.#draining = false;
    for (let item = this.#inbox.shift(); item !== undefined && this.#open; item = this.#inbox.shift()) {
      if ('closed' in item) this.#end(item.closed);
      else this.#frameCallback?.(item.frame, item.bin);
    }
  }

  #end(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    for (const callback of this.#closeCallbacks.splice(0)) callback(reason);
  }
}
