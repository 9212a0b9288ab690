import { FunnelMachine } from './funnel-machine.ts';
import { clearTry, copyTry, emptyTry, type FunnelRules, isBetter, type Try } from './rules.ts';
import { ServedEvents, type UnitSlice } from './served-events.ts';
import { bitsBelow } from './unordered-tries.ts';

export interface UnitEvents extends UnitSlice {
  /** Numbers of the held properties' values; null without any. */
  holds: Int32Array | null;
}

/** The events that may serve steps, in order; the others still lie between them, and exclude. Null: all. */
export type Serving = readonly number[] | null;

/**
 * Runs a unit's events through the machine, once per value of the properties that are held constant: a try only takes
 * steps that share the value of its first.
 */
export class UnitRunner {
  readonly #machine: FunnelMachine;
  readonly #served: ServedEvents;
  readonly #stepBits: number;
  readonly #startBits: number;
  /** 1 where a held value is missing. */
  readonly #isMissing: (hold: number) => boolean;
  readonly #best: Try;

  constructor(rules: FunnelRules, isMissing: (hold: number) => boolean) {
    this.#machine = new FunnelMachine(rules);
    this.#served = new ServedEvents(rules);
    this.#stepBits = bitsBelow(rules.steps);
    this.#startBits = rules.order === 'unordered' ? this.#stepBits : 1;
    this.#isMissing = isMissing;
    this.#best = emptyTry(rules.steps);
    this.#lastStep = rules.steps - 1;
  }

  readonly #lastStep: number;

  /** The try that speaks for the unit; null if it has none, or if that try is excluded. */
  best(unit: UnitEvents, serving: Serving): Try | null {
    const best = this.#best;
    clearTry(best);
    this.eachTry(unit, serving, (found) => {
      if (isBetter(found, best)) copyTry(found, best);
      return best.furthest < this.#lastStep || best.isExcluded;
    });
    return best.furthest < 0 || best.isExcluded ? null : best;
  }

  /** Whether a clean try does a step, however far another gets. */
  reaches(unit: UnitEvents, step: number): boolean {
    let isReached = false;
    this.eachTry(unit, null, ({ done, isExcluded }) => {
      isReached ||= !isExcluded && ((done >>> step) & 1) === 1;
      return !isReached;
    });
    return isReached;
  }

  /** Events that begin a clean try, in no particular order. */
  beginnings(unit: UnitEvents): number[] {
    const found: number[] = [];
    this.#eachList(unit, null, (own) => {
      const starts = new Set<number>();
      const visit = ({ startMs, isExcluded }: Try): boolean => {
        if (!isExcluded) starts.add(startMs);
        return true;
      };
      const begins = (event: number): void => {
        const isStart = ((unit.masks[event] as number) & this.#startBits) !== 0;
        if (isStart && starts.has(unit.tsMs[event] as number)) found.push(event);
      };
      return {
        visit,
        end() {
          if (own !== null) own.forEach(begins);
          else for (let event = unit.from; event < unit.to; event++) begins(event);
        },
      };
    });
    return found;
  }

  /** Visits every try; false ends the visits of its held value. */
  eachTry(unit: UnitEvents, serving: Serving, visit: (found: Try) => boolean): void {
    this.#eachList(unit, serving, () => ({ visit, end: () => undefined }));
  }

  /** Runs the events of each held value; `open` is told which may serve, null: all. */
  #eachList(
    unit: UnitEvents,
    serving: Serving,
    open: (own: Serving) => { visit: (found: Try) => boolean; end: () => void },
  ): void {
    const { from, to, tsMs, masks, holds } = unit;
    if (holds === null && serving === null) {
      const { visit, end } = open(null);
      this.#machine.eachTry(tsMs.subarray(from, to), masks.subarray(from, to), to - from, visit);
      end();
      return;
    }
    const served = this.#served;
    served.open(unit);
    const lists = holds === null ? [serving ?? []] : this.#byHeldValue(unit, holds, serving);
    for (const own of lists) {
      const { visit, end } = open(own);
      served.select(own);
      this.#machine.eachTry(served.tsMs, served.masks, served.count, visit);
      end();
    }
  }

  /** The events that fit a step, apart by held value; of the values that a try can begin with. */
  #byHeldValue(unit: UnitEvents, holds: Int32Array, serving: Serving): number[][] {
    const lists = new Map<number, number[]>();
    const begun = new Set<number>();
    const put = (event: number): void => {
      const mask = unit.masks[event] as number;
      const value = holds[event] as number;
      if ((mask & this.#stepBits) === 0 || this.#isMissing(value)) return;
      const list = lists.get(value);
      if (list === undefined) lists.set(value, [event]);
      else list.push(event);
      if ((mask & this.#startBits) !== 0) begun.add(value);
    };
    if (serving === null) for (let event = unit.from; event < unit.to; event++) put(event);
    else serving.forEach(put);
    return [...begun].map((value) => lists.get(value) ?? []);
  }
}
