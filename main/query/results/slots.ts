import type { Grouping, GroupValue } from '../plan/grouping.ts';
import type { ValuePass } from './expand-parts.ts';

/** The slot of everything, whatever its breakdown value. */
export const EVERYTHING = -1;
/** Not counted in this pass. */
const NOWHERE = -2;

/** Breakdown values as the numbers of the slots that they are counted in. */
export interface SlotNumbers {
  /** Slot of a value's number; below 0: counted with everything only. */
  slotOf: (group: number) => number;
  /** Every property of the value is missing. */
  isEmpty: (group: number) => boolean;
  /** Null for everything, or for several values taken as one. */
  valueOf: (slot: number) => GroupValue | null;
  /** Whether the pass counts everything, too. */
  countsEverything: boolean;
  /** Whether it counts nothing else. */
  countsNothingElse: boolean;
}

export function slotNumbers(values: Grouping, { asOne }: ValuePass): SlotNumbers {
  const isEmpty = (group: number): boolean => values.values[group]?.every((part) => part === null) ?? true;
  if (asOne === null) {
    return {
      slotOf: (group) => (values.isTrivial ? NOWHERE : group),
      isEmpty,
      valueOf: (slot) => (slot === EVERYTHING ? null : (values.values[slot] ?? [])),
      countsEverything: true,
      countsNothingElse: values.isTrivial,
    };
  }
  const taken = new Set(asOne.map((value) => values.find(value)));
  return {
    slotOf: (group) => (taken.has(group) ? 0 : NOWHERE),
    isEmpty,
    valueOf: () => null,
    countsEverything: false,
    countsNothingElse: false,
  };
}

const ONLY_EVERYTHING: ReadonlyMap<number, null> = new Map([[EVERYTHING, null]]);

/** A unit's events apart by the slots that they are counted in, in their order; everything first, as null: all of them. */
export function eventsBySlot(
  { slotOf, countsEverything, countsNothingElse }: SlotNumbers,
  groups: Int32Array,
  from: number,
  to: number,
): ReadonlyMap<number, readonly number[] | null> {
  if (countsNothingElse) return ONLY_EVERYTHING;
  const lists = new Map<number, number[]>();
  for (let event = from; event < to; event++) {
    const slot = slotOf(groups[event] as number);
    if (slot < 0) continue;
    const list = lists.get(slot);
    if (list === undefined) lists.set(slot, [event]);
    else list.push(event);
  }
  return countsEverything ? new Map([[EVERYTHING, null], ...lists]) : lists;
}

/** What has been counted so far, by slot. */
export class SlotTable<T> {
  readonly #slots = new Map<number, T>();
  readonly #make: () => T;

  constructor(numbers: SlotNumbers, make: () => T) {
    this.#make = make;
    if (numbers.countsEverything) this.of(EVERYTHING);
  }

  of(slot: number): T {
    let found = this.#slots.get(slot);
    if (found === undefined) this.#slots.set(slot, (found = this.#make()));
    return found;
  }

  entries(): IterableIterator<[number, T]> {
    return this.#slots.entries();
  }
}
