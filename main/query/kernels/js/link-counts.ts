const FIRST_SLOTS = 64;
const EMPTY = -1;

/** Counts and waits per (step, source, target): a hash table in typed arrays, as there is one visit per event. */
export class LinkCounts {
  #size = 0;
  #steps = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  #sources = new Int32Array(FIRST_SLOTS);
  #targets = new Int32Array(FIRST_SLOTS);
  #counts = new Float64Array(FIRST_SLOTS);
  #waitsMs = new Float64Array(FIRST_SLOTS);

  add(step: number, source: number, target: number, waitMs: number): void {
    this.#put(step, source, target, 1, waitMs);
  }

  forEach(
    visit: (link: { step: number; source: number; target: number; count: number; waitMs: number }) => void,
  ): void {
    for (let slot = 0; slot < this.#steps.length; slot++) {
      const step = this.#steps[slot] as number;
      if (step === EMPTY) continue;
      visit({
        step,
        source: this.#sources[slot] as number,
        target: this.#targets[slot] as number,
        count: this.#counts[slot] as number,
        waitMs: this.#waitsMs[slot] as number,
      });
    }
  }

  #put(step: number, source: number, target: number, count: number, waitMs: number): void {
    const mask = this.#steps.length - 1;
    let slot = hashOf(step, source, target) & mask;
    for (;;) {
      const held = this.#steps[slot] as number;
      if (held === EMPTY) break;
      if (held === step && this.#sources[slot] === source && this.#targets[slot] === target) {
        this.#counts[slot] = (this.#counts[slot] as number) + count;
        this.#waitsMs[slot] = (this.#waitsMs[slot] as number) + waitMs;
        return;
      }
      slot = (slot + 1) & mask;
    }
    this.#steps[slot] = step;
    this.#sources[slot] = source;
    this.#targets[slot] = target;
    this.#counts[slot] = count;
    this.#waitsMs[slot] = waitMs;
    this.#size++;
    if (this.#size * 2 > this.#steps.length) this.#grow();
  }

  #grow(): void {
    const [steps, sources, targets] = [this.#steps, this.#sources, this.#targets];
    const [counts, waitsMs] = [this.#counts, this.#waitsMs];
    const length = steps.length * 2;
    this.#size = 0;
    this.#steps = new Int32Array(length).fill(EMPTY);
    this.#sources = new Int32Array(length);
    this.#targets = new Int32Array(length);
    this.#counts = new Float64Array(length);
    this.#waitsMs = new Float64Array(length);
    for (let slot = 0; slot < steps.length; slot++)
      if (steps[slot] !== EMPTY)
        this.#put(
          steps[slot] as number,
          sources[slot] as number,
          targets[slot] as number,
          counts[slot] as number,
          waitsMs[slot] as number,
        );
  }
}

/** Numbers are small and dense: the high bits of the products are the mixed ones. */
function hashOf(step: number, source: number, target: number): number {
  let hash = Math.imul(step, 0x9e3779b1) ^ Math.imul(source, 0x85ebca6b) ^ Math.imul(target, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
