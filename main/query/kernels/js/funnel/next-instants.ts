import type { Instants } from './instants.ts';

/** By step: the first instant at or behind each one that holds it; the count of instants where there is none. */
export class NextInstants {
  readonly #instants: Instants;
  readonly #next: Int32Array[];

  constructor(steps: number, instants: Instants) {
    this.#instants = instants;
    this.#next = Array.from({ length: steps }, () => new Int32Array(64));
  }

  load(): void {
    const { count, masks } = this.#instants;
    for (let step = 0; step < this.#next.length; step++) {
      let next = this.#next[step] as Int32Array;
      if (next.length <= count)
        this.#next[step] = next = new Int32Array(Math.max(count + 1, next.length * 2));
      next[count] = count;
      for (let i = count - 1; i >= 0; i--)
        next[i] = ((masks[i] as number) >>> step) & 1 ? i : (next[i + 1] as number);
    }
  }

  of(step: number, instant: number): number {
    return (this.#next[step] as Int32Array)[instant] as number;
  }
}
