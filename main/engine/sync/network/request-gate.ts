export type RequestOutcome = 'answered' | 'failed' | 'slow-down';
type Leave = (outcome: RequestOutcome) => void;

/**
 * Contract: how many requests to one source are under way. Each enters before it is sent and leaves once, with how it
 * went. A source that asks for patience gets half as many at once, and one more for every full round that it answers
 * well.
 */
export class RequestGate {
  readonly #most: number;
  #limit: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  /** How many may be under way just now. */
  get limit(): number {
    return Math.floor(this.#limit);
  }

  async enter(signal: AbortSignal): Promise<Leave> {
    signal.throwIfAborted();
    while (this.#inside >= this.limit) await this.#turn(signal);
    this.#inside++;
    return (outcome) => {
      this.#inside--;
      this.#adapt(outcome);
      this.#waiting.shift()?.();
    };
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = (): void => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(go);
    });
  }

  #adapt(outcome: RequestOutcome): void {
    if (outcome === 'slow-down') this.#limit = Math.max(1, this.#limit / 2);
    if (outcome !== 'answered' || this.#limit >= this.#most) return;
    const before = this.limit;
    this.#limit = Math.min(this.#most, this.#limit + 1 / this.#limit);
    if (this.limit > before) this.#waiting.shift()?.();
  }
}
