import type { FunnelSpec } from '../../../../shared/query/kinds/funnel.ts';
import type { FunnelRules } from '../../kernels/js/funnel/rules.ts';
import type { Serving, UnitEvents, UnitRunner } from '../../kernels/js/funnel/unit-events.ts';
import { bitsBelow } from '../../kernels/js/funnel/unordered-tries.ts';
import type { SlotNumbers } from '../slots.ts';

/**
 * The slots that a unit belongs to, with the events that may serve steps there. Null: one more value was looked at; a
 * unit can have many, and whoever counts may want to breathe.
 */
export type Attribution = (unit: UnitEvents) => Iterable<[slot: number, serving: Serving] | null>;

interface Columns {
  /** By event: the number of its breakdown value. */
  groups: Int32Array;
  numbers: SlotNumbers;
}

/** DATA §5, funnels (8); null without a breakdown. */
export function attributionOf(
  spec: FunnelSpec,
  rules: FunnelRules,
  runner: UnitRunner,
  columns: Columns,
): Attribution | null {
  if (spec.breakdown === null) return null;
  const { attribution } = spec;
  if (attribution === 'each') return byEachValue(rules, columns);
  if (typeof attribution === 'object')
    return spec.order === 'unordered'
      ? byStartingValues(runner, columns)
      : byStepValues(runner, columns, attribution.step);
  return byTouch(rules, columns, attribution === 'first');
}

/** The first or last step event that has the property; units without one are the empty value. */
function byTouch(rules: FunnelRules, { groups, numbers }: Columns, isFirst: boolean): Attribution {
  const stepBits = bitsBelow(rules.steps);
  return ({ from, to, masks }) => {
    let touched = -1;
    let empty = -1;
    for (let n = 0; n < to - from && touched < 0; n++) {
      const event = isFirst ? from + n : to - 1 - n;
      if (((masks[event] as number) & stepBits) === 0) continue;
      const group = groups[event] as number;
      if (numbers.isEmpty(group)) empty = group;
      else touched = group;
    }
    const slot = touched >= 0 ? numbers.slotOf(touched) : empty >= 0 ? numbers.slotOf(empty) : -1;
    return slot >= 0 ? [[slot, null]] : [];
  };
}

/** The funnel of the step events of one value, for each that the unit has. */
function byEachValue(rules: FunnelRules, { groups, numbers }: Columns): Attribution {
  const stepBits = bitsBelow(rules.steps);
  return (unit) => eventsBySlot(unit, stepBits, groups, numbers);
}

/** Every value with which the unit can do the step; its whole funnel in each. */
function byStepValues(runner: UnitRunner, { groups, numbers }: Columns, step: number): Attribution {
  const bit = 1 << step;
  return function* (unit) {
    for (const slot of eventsBySlot(unit, bit, groups, numbers).keys()) {
      const narrowed = withoutStep(unit, bit, (event) => numbers.slotOf(groups[event] as number) !== slot);
      yield runner.reaches(narrowed, step) ? [slot, null] : null;
    }
  };
}

/** In an unordered funnel step 0 is the event that begins a try; of those that are not void. */
function byStartingValues(runner: UnitRunner, { groups, numbers }: Columns): Attribution {
  return (unit) => {
    const slots = new Set(runner.beginnings(unit).map((event) => numbers.slotOf(groups[event] as number)));
    return [...slots].filter((slot) => slot >= 0).map((slot) => [slot, null]);
  };
}

/** The unit's events, some of which no longer fit a step. */
function withoutStep(unit: UnitEvents, bit: number, isLeftOut: (event: number) => boolean): UnitEvents {
  const { from, to } = unit;
  const masks = unit.masks.slice(from, to);
  for (let event = from; event < to; event++)
    if (isLeftOut(event)) masks[event - from] = (masks[event - from] as number) & ~bit;
  return {
    from: 0,
    to: to - from,
    tsMs: unit.tsMs.subarray(from, to),
    masks,
    holds: unit.holds?.subarray(from, to) ?? null,
  };
}

/** The events that fit one of some steps, apart by slot. */
function eventsBySlot(
  { from, to, masks }: UnitEvents,
  bits: number,
  groups: Int32Array,
  numbers: SlotNumbers,
): Map<number, number[]> {
  const events = new Map<number, number[]>();
  for (let event = from; event < to; event++) {
    if (((masks[event] as number) & bits) === 0) continue;
    const slot = numbers.slotOf(groups[event] as number);
    if (slot < 0) continue;
    const own = events.get(slot);
    if (own === undefined) events.set(slot, [event]);
    else own.push(event);
  }
  return events;
}
