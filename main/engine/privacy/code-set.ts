import { grownU8 } from '../store/growable.ts';

/** Codes of one dictionary, a byte each: they are dense. */
export class CodeSet {
  #flags = new Uint8Array(64);
  size = 0;

  add(code: number): void {
    if (code >= this.#flags.length) this.#flags = grownU8(this.#flags, code + 1);
    if (this.#flags[code] === 1) return;
    this.#flags[code] = 1;
    this.size++;
  }

  delete(code: number): void {
    if (!this.has(code)) return;
    this.#flags[code] = 0;
    this.size--;
  }

  has(code: number): boolean {
    return this.#flags[code] === 1;
  }

  codes(): number[] {
    const found: number[] = [];
    for (let code = 1; code < this.#flags.length; code++) if (this.#flags[code] === 1) found.push(code);
    return found;
  }
}
