import type { FunnelRules } from './rules.ts';
import { bitsBelow } from './unordered-tries.ts';

/** The events of one unit: a slice of a timeline's columns. */
export interface UnitSlice {
  from: number;
  to: number;
  tsMs: Float64Array;
  masks: Int32Array;
}

const NONE = -1;

/**
 * What matters to a funnel in which only some of a unit's events may serve steps: these; the next instant behind each,
 * which may break a strict try; and the next event behind each that every exclusion means. Walking no more than that
 * keeps a unit with many values linear: each event is met by its own value and by few others.
 */
export class ServedEvents {
  tsMs = new Float64Array(64);
  masks = new Int32Array(64);
  count = 0;
  readonly #stepBits: number;
  /** Which events can come next and matter: those with one of these bits. */
  readonly #nextBits: number[];
  #unit: UnitSlice | null = null;
  /** By entry of `nextBits`, by event of the unit: the first such event at a later instant. */
  readonly #next: Int32Array[];
  #picked = new Int32Array(64);
  /** By event: the last selection that it was part of; even: it serves. */
  #stamps = new Int32Array(64);
  #selections = 0;

  constructor({ steps, order, exclusions }: FunnelRules) {
    this.#stepBits = bitsBelow(steps);
    this.#nextBits = exclusions.map((_exclusion, index) => 1 << (steps + index));
    if (order === 'strict') this.#nextBits.push(~0);
    this.#next = this.#nextBits.map(() => new Int32Array(64));
  }

  /** Contract: comes before the selections of a unit. The same unit again costs nothing. */
  open({ from, to, tsMs, masks }: UnitSlice): void {
    const known = this.#unit;
    if (known?.from === from && known.to === to && known.tsMs === tsMs && known.masks === masks) return;
    this.#unit = { from, to, tsMs, masks };
    this.#reserve(to - from);
    for (const [index, bits] of this.#nextBits.entries())
      this.#findNext(bits, this.#next[index] as Int32Array);
  }

  /** `serving`: events of the open unit, in order. */
  select(serving: readonly number[]): void {
    const { from = 0, tsMs, masks } = this.#unit ?? {};
    if (tsMs === undefined || masks === undefined) throw new RangeError('no unit is open');
    const serves = ++this.#selections * 2;
    this.count = 0;
    for (const event of serving) this.#pick(event - from, serves);
    for (const next of this.#next) {
      for (const event of serving) {
        const behind = next[event - from] as number;
        if (behind !== NONE && (this.#stamps[behind] as number) < serves) this.#pick(behind, serves + 1);
      }
    }
    if (this.#next.length > 0) this.#picked.subarray(0, this.count).sort();
    for (let i = 0; i < this.count; i++) {
      const event = this.#picked[i] as number;
      const mask = masks[from + event] as number;
      this.tsMs[i] = tsMs[from + event] as number;
      this.masks[i] = this.#stamps[event] === serves ? mask : mask & ~this.#stepBits;
    }
  }

  #pick(event: number, stamp: number): void {
    this.#picked[this.count++] = event;
    this.#stamps[event] = stamp;
  }

  #findNext(bits: number, next: Int32Array): void {
    const { from = 0, to = 0, tsMs = this.tsMs, masks = this.masks } = this.#unit ?? {};
    let later = NONE; // the first one behind the instant of `event`
    let here = NONE; // the first one found at it so far
    for (let event = to - 1; event >= from; event--) {
      if (event + 1 < to && tsMs[event] !== tsMs[event + 1]) {
        if (here !== NONE) later = here;
        here = NONE;
      }
      next[event - from] = later;
      if (((masks[event] as number) & bits) !== 0) here = event - from;
    }
  }

  #reserve(events: number): void {
    if (events <= this.#picked.length) return;
    const length = events * 2;
    this.tsMs = new Float64Array(length);
    this.masks = new Int32Array(length);
    this.#picked = new Int32Array(length);
    this.#stamps = new Int32Array(length);
    this.#selections = 0;
    for (const index of this.#next.keys()) this.#next[index] = new Int32Array(length);
  }
}
