/** Growable columns for gathered rows. */
export class IntList {
  length = 0;
  #numbers = new Int32Array(1024);

  push(value: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length++] = value;
  }

  at(index: number): number {
    return this.#numbers[index] as number;
  }

  view(): Int32Array {
    return this.#numbers.subarray(0, this.length);
  }
}

export class NumberList {
  length = 0;
  #numbers: Float64Array;

  constructor(capacity = 1024) {
    this.#numbers = new Float64Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.#numbers.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    this.#numbers[this.length++] = value;
  }

  at(index: number): number {
    return this.#numbers[index] as number;
  }

  view(): Float64Array {
    return this.#numbers.subarray(0, this.length);
  }
}
