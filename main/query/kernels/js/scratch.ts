/** Borrowed arrays for the time of one segment, so that thousands of small segments do not each allocate. */
export class Scratch {
  readonly #ints: Int32Array[] = [];
  readonly #bytes: Uint8Array[] = [];

  /** Of at least `length`; its contents are undefined. Give it back before the next await. */
  takeInts(length: number): Int32Array {
    const spare = this.#ints.pop();
    return spare !== undefined && spare.length >= length ? spare : new Int32Array(roundUp(length));
  }

  giveInts(array: Int32Array): void {
    this.#ints.push(array);
  }

  /** Of at least `length`, all zero; give it back all zero. */
  takeZeroBytes(length: number): Uint8Array {
    const spare = this.#bytes.pop();
    return spare !== undefined && spare.length >= length ? spare : new Uint8Array(roundUp(length));
  }

  giveZeroBytes(array: Uint8Array): void {
    this.#bytes.push(array);
  }
}

const SMALLEST = 4096; // most segments of a small workspace fit

function roundUp(length: number): number {
  let size = SMALLEST;
  while (size < length) size *= 2;
  return size;
}
