import type { Question } from './question.ts';
import { type Row, type Value, textOf } from './rows.ts';
import type { Breakdown } from './types.ts';

/** A breakdown value as answers write it: text, null for missing or empty, a list for several properties. */
export type BreakdownValue = string | null | (string | null)[];

const DEFAULT_LIMIT = 25;

export const limitOf = (breakdown: Breakdown): number => breakdown.limit ?? DEFAULT_LIMIT;

export function valueOf(breakdown: Breakdown, row: Row, question: Question): BreakdownValue {
  if ('userProperty' in breakdown) return partOf(question.userFields(row).get(breakdown.userProperty));
  const { property } = breakdown;
  const parts = [property].flat().map((name) => partOf(row.fields.get(name)));
  return parts.length === 1 ? (parts[0] ?? null) : parts; // a list only for several properties
}

/** A set is one value: its members as a JSON list, sorted, each once. */
export function partOf(value: Value | undefined): string | null {
  if (value === undefined || value === '') return null;
  if (isSet(value)) return value.length === 0 ? null : JSON.stringify(value);
  return textOf(value);
}

const isSet = (value: Value): value is readonly string[] => Array.isArray(value);

export const keyOf = (value: BreakdownValue): string => JSON.stringify(value);

/** Values in text order, null last; lists by their first difference. */
export function compareValues(a: BreakdownValue, b: BreakdownValue): number {
  if (Array.isArray(a) && Array.isArray(b)) {
    const differing = a.findIndex((part, index) => part !== b[index]);
    return differing < 0 ? 0 : compareValues(a[differing] ?? null, b[differing] ?? null);
  }
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

export interface Sized {
  value: BreakdownValue;
  units: number;
}

/** Largest first, equal ones by value. */
export const bySize = (a: Sized, b: Sized): number => b.units - a.units || compareValues(a.value, b.value);

/** How many units each value has. */
export function sizesOf<T>(units: readonly T[], valueOfUnit: (unit: T) => BreakdownValue): Sized[] {
  const groups = Map.groupBy(units, (unit) => keyOf(valueOfUnit(unit)));
  return [...groups.entries()].map(([key, group]) => ({
    value: JSON.parse(key) as BreakdownValue,
    units: group.length,
  }));
}
