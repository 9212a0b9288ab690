import { FunnelMachine } from './funnel-machine.ts';
import { clearTry, copyTry, emptyTry, type FunnelRules, isBetter, type Try } from './rules.ts';
import { bitsBelow } from './unordered-tries.ts';

/** The events of one unit: a slice of a timeline's columns. */
export interface UnitEvents {
  from: number;
  to: number;
  tsMs: Float64Array;
  masks: Int32Array;
  /** Numbers of the held properties' values; null without any. */
  holds: Int32Array | null;
}

/** Which events may serve steps; the others still lie between them, and exclude. */
export type MayServe = ((event: number) => boolean) | null;

/**
 * Runs a unit's events through the machine, once per value of the properties that are held constant: a try only takes
 * steps that share the value of its first.
 */
export class UnitRunner {
  readonly #machine: FunnelMachine;
  readonly #stepBits: number;
  readonly #startBits: number;
  /** 1 where a held value is missing. */
  readonly #isMissing: (hold: number) => boolean;
  readonly #best: Try;
  #tsMs = new Float64Array(64);
  #masks = new Int32Array(64);

  constructor(rules: FunnelRules, isMissing: (hold: number) => boolean) {
    this.#machine = new FunnelMachine(rules);
    this.#stepBits = bitsBelow(rules.steps);
    this.#startBits = rules.order === 'unordered' ? this.#stepBits : 1;
    this.#isMissing = isMissing;
    this.#best = emptyTry(rules.steps);
    this.#lastStep = rules.steps - 1;
  }

  readonly #lastStep: number;

  /** The try that speaks for the unit; null if it has none, or if that try is excluded. */
  best(unit: UnitEvents, mayServe: MayServe): Try | null {
    const best = this.#best;
    clearTry(best);
    this.eachTry(unit, mayServe, (found) => {
      const isEarlier = found.furthest === best.furthest && found.startMs < best.startMs; // of another held value
      if (isBetter(found, best) || (isEarlier && found.isExcluded === best.isExcluded)) copyTry(found, best);
      return best.furthest < this.#lastStep || best.isExcluded;
    });
    return best.furthest < 0 || best.isExcluded ? null : best;
  }

  /** Visits every try; false ends the visits of its held value. */
  eachTry(unit: UnitEvents, mayServe: MayServe, visit: (found: Try) => boolean): void {
    const { from, to, tsMs, masks, holds } = unit;
    if (holds === null && mayServe === null) {
      this.#machine.eachTry(tsMs.subarray(from, to), masks.subarray(from, to), to - from, visit);
      return;
    }
    this.#reserve(to - from);
    const values = holds === null ? [0] : this.#heldValues(unit, mayServe);
    for (const value of values) {
      for (let i = from; i < to; i++) {
        const mask = masks[i] as number;
        const serves = (holds === null || holds[i] === value) && (mayServe === null || mayServe(i));
        this.#tsMs[i - from] = tsMs[i] as number;
        this.#masks[i - from] = serves ? mask : mask & ~this.#stepBits;
      }
      this.#machine.eachTry(this.#tsMs, this.#masks, to - from, visit);
    }
  }

  /** Held values that a try can begin with. */
  #heldValues({ from, to, masks, holds }: UnitEvents, mayServe: MayServe): Set<number> {
    const values = new Set<number>();
    for (let i = from; i < to; i++) {
      if (((masks[i] as number) & this.#startBits) === 0 || (mayServe !== null && !mayServe(i))) continue;
      const value = holds?.[i] ?? 0;
      if (!this.#isMissing(value)) values.add(value);
    }
    return values;
  }

  #reserve(events: number): void {
    if (events <= this.#tsMs.length) return;
    this.#tsMs = new Float64Array(events * 2);
    this.#masks = new Int32Array(events * 2);
  }
}
