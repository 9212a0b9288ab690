/** First come, first served, so many at once; `remove` takes a call out before its turn. */
export class CallQueue {
  readonly #limit: number;
  readonly #waiting: { key: object; run: () => Promise<void> }[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `run` never rejects. */
  add(key: object, run: () => Promise<void>): void {
    this.#waiting.push({ key, run });
    this.#fill();
  }

  remove(key: object): void {
    const index = this.#waiting.findIndex((entry) => entry.key === key);
    if (index !== -1) this.#waiting.splice(index, 1);
  }

  #fill(): void {
    while (this.#running < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#running++;
      void next.run().finally(() => {
        this.#running--;
        this.#fill();
      });
    }
  }
}
