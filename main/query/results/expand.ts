import type { BreakdownValue, Expanded } from '../../../shared/query/answer.ts';
import { type GroupValue, toBreakdownValue } from '../plan/grouping.ts';
import type { Pace } from '../plan/pace.ts';
import { everything, type GroupSet, setOfValues } from '../plan/question.ts';
import { bySize } from './order.ts';

/** A computed period of a kind whose answer is one content for everything, one per breakdown value, and one for the rest. */
export interface Computed<Content> {
  /** Breakdown values that occur; ignored without a breakdown. */
  values: readonly GroupValue[];
  contentOf: (set: GroupSet) => Promise<Content>;
  unitsOf: (set: GroupSet) => number;
}

export async function expand<Content extends object>(
  { values, contentOf, unitsOf }: Computed<Content>,
  limit: number | null,
  pace: Pace,
): Promise<Expanded<Content>> {
  const whole = await contentOf(everything());
  if (limit === null) return whole;
  const sized: { value: GroupValue; size: number }[] = [];
  for (const value of values) {
    sized.push({ value, size: unitsOf(setOfValues([value])) });
    await pace.breathe();
  }
  const ordered = sized.sort(bySize).map(({ value }) => value);
  const breakdowns: ({ value: BreakdownValue } & Content)[] = [];
  for (const value of ordered.slice(0, limit)) {
    breakdowns.push({ value: toBreakdownValue(value), ...(await contentOf(setOfValues([value]))) });
  }
  const others = ordered.slice(limit);
  if (others.length === 0) return { ...whole, breakdowns };
  const rest = setOfValues(others);
  return {
    ...whole,
    breakdowns,
    rest: { values: others.length, units: unitsOf(rest), ...(await contentOf(rest)) },
  };
}
