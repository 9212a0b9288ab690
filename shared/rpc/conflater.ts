import { PROGRESS_INTERVAL_MS } from '../limits.ts';
import type { Runtime } from './runtime.ts';

/** Lets a value through at once, then at most one per interval: the newest. */
export class Conflater {
  readonly #runtime: Runtime;
  readonly #emit: (value: unknown) => void;
  #waiting: { value: unknown } | undefined;
  #cancelTimer: (() => void) | undefined;
  #stopped = false;

  constructor(runtime: Runtime, emit: (value: unknown) => void) {
    this.#runtime = runtime;
    this.#emit = emit;
  }

  offer(value: unknown): void {
    if (this.#stopped) return;
    if (this.#cancelTimer === undefined) this.#send(value);
    else this.#waiting = { value };
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelTimer?.();
  }

  #send(value: unknown): void {
    this.#emit(value);
    this.#cancelTimer = this.#runtime.startTimer(() => this.#next(), PROGRESS_INTERVAL_MS);
  }

  #next(): void {
    this.#cancelTimer = undefined;
    const next = this.#waiting;
    this.#waiting = undefined;
    if (next !== undefined) this.#send(next.value);
  }
}
