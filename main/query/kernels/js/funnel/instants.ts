/**
 * A unit's events by instant. Events of one instant have no order among themselves: whichever order lets more steps
 * convert is the one that counts.
 */
export class Instants {
  count = 0;
  /** Time of each instant. */
  tsMs = new Float64Array(64);
  /** Union of the masks of its events. */
  masks = new Int32Array(64);
  /** Where its events begin in the loaded lists; one entry more than instants. */
  starts = new Int32Array(65);

  /** `tsMs` in order. */
  load(tsMs: Float64Array, masks: Int32Array, events: number): void {
    this.#reserve(events);
    let count = 0;
    let lastMs = NaN;
    for (let i = 0; i < events; i++) {
      const at = tsMs[i] as number;
      if (at !== lastMs) {
        this.tsMs[count] = at;
        this.masks[count] = 0;
        this.starts[count] = i;
        lastMs = at;
        count++;
      }
      this.masks[count - 1] = (this.masks[count - 1] as number) | (masks[i] as number);
    }
    this.starts[count] = events;
    this.count = count;
  }

  size(instant: number): number {
    return (this.starts[instant + 1] as number) - (this.starts[instant] as number);
  }

  #reserve(events: number): void {
    if (events <= this.tsMs.length) return;
    const length = Math.max(events, this.tsMs.length * 2);
    this.tsMs = new Float64Array(length);
    this.masks = new Int32Array(length);
    this.starts = new Int32Array(length + 1);
  }
}
