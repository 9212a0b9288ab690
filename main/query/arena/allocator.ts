interface Hole {
  offset: number;
  sizeBytes: number;
}

const ALIGN_BYTES = 64; // a cache line, and what any vector instruction asks for
const GROW_BYTES = 16 << 20; // in steps, so that many small chunks do not each grow the memory

/** Places chunks in one growing piece of memory: first fit, neighbouring holes joined. */
export class Allocator {
  /** By offset, ascending. */
  readonly #holes: Hole[] = [];
  #endBytes = 0;
  readonly #limitBytes: number;
  readonly #reach: (sizeBytes: number) => boolean;

  /** `reach` makes the memory at least so large; false if it cannot. */
  constructor(limitBytes: number, reach: (sizeBytes: number) => boolean) {
    this.#limitBytes = limitBytes;
    this.#reach = reach;
  }

  /** Offset of a free place; −1: there is none. */
  take(sizeBytes: number): number {
    const size = roundUp(sizeBytes);
    const index = this.#holes.findIndex((hole) => hole.sizeBytes >= size);
    const hole = this.#holes[index];
    if (hole !== undefined) {
      const { offset } = hole;
      if (hole.sizeBytes === size) this.#holes.splice(index, 1);
      else {
        hole.offset += size;
        hole.sizeBytes -= size;
      }
      return offset;
    }
    return this.#takeAtEnd(size);
  }

  give(offset: number, sizeBytes: number): void {
    const size = roundUp(sizeBytes);
    const index = this.#firstBehind(offset);
    const [before, after] = [this.#holes[index - 1], this.#holes[index]];
    const joinsBefore = before?.offset === offset - (before?.sizeBytes ?? 0);
    const joinsAfter = after?.offset === offset + size;
    if (before !== undefined && joinsBefore && joinsAfter) {
      before.sizeBytes += size + after.sizeBytes;
      this.#holes.splice(index, 1);
    } else if (before !== undefined && joinsBefore) before.sizeBytes += size;
    else if (joinsAfter) {
      after.offset = offset;
      after.sizeBytes += size;
    } else this.#holes.splice(index, 0, { offset, sizeBytes: size });
  }

  #takeAtEnd(size: number): number {
    const endBytes = this.#endBytes + size;
    if (endBytes > this.#limitBytes) return -1;
    const wanted = Math.min(this.#limitBytes, Math.ceil(endBytes / GROW_BYTES) * GROW_BYTES);
    if (!this.#reach(wanted) && !this.#reach(endBytes)) return -1;
    const offset = this.#endBytes;
    this.#endBytes = endBytes;
    return offset;
  }

  #firstBehind(offset: number): number {
    let low = 0;
    let high = this.#holes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#holes[middle]?.offset ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const roundUp = (sizeBytes: number): number => Math.max(1, Math.ceil(sizeBytes / ALIGN_BYTES)) * ALIGN_BYTES;
