import { type BreakdownValue, type Naming, keyOf } from './breakdown.ts';
import type { Ignores, Line } from './outcome.ts';

export const EVERYTHING: Line = { has: () => true, hasPair: () => true };

/** The events of some values; of a property to ignore, whatever they have there. */
export function lineOf(naming: Naming, values: readonly BreakdownValue[]): Line {
  const isAmong = (value: BreakdownValue, ignores: Ignores): boolean => {
    const isKept = (property: string | undefined) => property === undefined || !ignores(property); // users' are kept
    const kept = (one: BreakdownValue) =>
      keyOf([one].flat().filter((_, index) => isKept(naming.properties[index])));
    return values.some((one) => kept(one) === kept(value));
  };
  return {
    has: (row, ignores) => isAmong(naming.of(row), ignores),
    hasPair: (first, second, fromSecond, ignores) =>
      isAmong(naming.ofPair(first, second, fromSecond), ignores),
  };
}

/** Lines of two breakdowns at once. */
export const both = (a: Line, b: Line): Line => ({
  has: (row, ignores) => a.has(row, ignores) && b.has(row, ignores),
  hasPair: (first, second, fromSecond, ignores) =>
    a.hasPair(first, second, fromSecond, ignores) && b.hasPair(first, second, fromSecond, ignores),
});
