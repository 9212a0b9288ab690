/**
 * Steps served by distinct events: a maximum bipartite matching that grows step by step. Once a step is served it stays
 * served, though perhaps by another event. Source: Kuhn (1955), Naval Research Logistics Quarterly 2, 83–97, by
 * augmenting paths.
 */
export class StepMatching {
  /** Bits of the steps that are served. */
  served = 0;
  readonly #steps: number;
  readonly #masks: number[] = [];
  /** By event: the step that it serves; −1: none. */
  readonly #stepOf: number[] = [];
  readonly #countByMask = new Map<number, number>();
  #tried = 0;
  #visits = new Int32Array(64);

  constructor(steps: number) {
    this.#steps = steps;
  }

  clear(): void {
    this.served = 0;
    this.#masks.length = 0;
    this.#stepOf.length = 0;
    this.#countByMask.clear();
  }

  /** More events of one mask than there are steps add nothing. */
  addEvent(mask: number): void {
    const known = this.#countByMask.get(mask) ?? 0;
    if (known >= this.#steps) return;
    this.#countByMask.set(mask, known + 1);
    this.#masks.push(mask);
    this.#stepOf.push(-1);
    if (this.#masks.length > this.#visits.length) this.#visits = new Int32Array(this.#visits.length * 2);
  }

  serve(step: number): boolean {
    this.#tried++;
    if (!this.#augment(step)) return false;
    this.served |= 1 << step;
    return true;
  }

  #augment(step: number): boolean {
    const bit = 1 << step;
    for (let event = 0; event < this.#masks.length; event++) {
      if (((this.#masks[event] as number) & bit) === 0 || this.#visits[event] === this.#tried) continue;
      this.#visits[event] = this.#tried;
      const other = this.#stepOf[event] as number;
      if (other === -1 || this.#augment(other)) {
        this.#stepOf[event] = step;
        return true;
      }
    }
    return false;
  }
}
