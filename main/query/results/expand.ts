import type { Expanded } from '../../../shared/query/answer.ts';
import { type GroupValue, toBreakdownValue } from '../plan/grouping.ts';
import { everything, type GroupSet, setOfValues } from '../plan/question.ts';
import { bySize } from './order.ts';

/** A computed period of a kind whose answer is one content for everything, one per breakdown value, and one for the rest. */
export interface Computed<Content> {
  /** Breakdown values that occur; ignored without a breakdown. */
  values: readonly GroupValue[];
  contentOf: (set: GroupSet) => Content;
  unitsOf: (set: GroupSet) => number;
}

export function expand<Content extends object>(
  computed: Computed<Content>,
  limit: number | null,
): Expanded<Content> {
  const whole = computed.contentOf(everything());
  if (limit === null) return whole;
  const sized = computed.values.map((value) => ({ value, size: computed.unitsOf(setOfValues([value])) }));
  const values = sized.sort(bySize).map(({ value }) => value);
  const others = values.slice(limit);
  const breakdowns = values
    .slice(0, limit)
    .map((value) => ({ value: toBreakdownValue(value), ...computed.contentOf(setOfValues([value])) }));
  if (others.length === 0) return { ...whole, breakdowns };
  const rest = setOfValues(others);
  return {
    ...whole,
    breakdowns,
    rest: { values: others.length, units: computed.unitsOf(rest), ...computed.contentOf(rest) },
  };
}
