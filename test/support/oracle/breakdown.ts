import type { Question } from './question.ts';
import { type Row, type Value, textOf } from './rows.ts';
import type { Breakdown } from './types.ts';

/** A breakdown value as answers write it: text, null for missing or empty, a list for several properties. */
export type BreakdownValue = string | null | (string | null)[];

const DEFAULT_LIMIT = 25;

export const limitOf = (breakdown: Breakdown): number => breakdown.limit ?? DEFAULT_LIMIT;

/** How events get their breakdown values. */
export interface Naming {
  /** Event properties it looks at; none for a property of the user. */
  properties: readonly string[];
  userProperty?: string;
  of: (row: Row) => BreakdownValue;
  /** The value of two events as one, which takes the properties of `fromSecond` from the second. */
  ofPair: (first: Row, second: Row, fromSecond: (property: string) => boolean) => BreakdownValue;
}

export function namingOf(breakdown: Breakdown, { userFields }: Question): Naming {
  if ('userProperty' in breakdown) {
    const of = (row: Row) => partOf(userFields(row).get(breakdown.userProperty));
    return { properties: [], userProperty: breakdown.userProperty, of, ofPair: of };
  }
  const properties = [breakdown.property].flat();
  const joined = (parts: (string | null)[]) => (parts.length === 1 ? (parts[0] ?? null) : parts);
  return {
    properties,
    of: (row) => joined(properties.map((name) => partOf(row.fields.get(name)))),
    ofPair: (first, second, fromSecond) =>
      joined(properties.map((name) => partOf((fromSecond(name) ? second : first).fields.get(name)))),
  };
}

/** A set is one value: its members as a JSON list, sorted, each once. */
export function partOf(value: Value | undefined): string | null {
  if (value === undefined || value === '') return null;
  if (isSet(value)) return value.length === 0 ? null : JSON.stringify(value);
  return textOf(value);
}

const isSet = (value: Value): value is readonly string[] => Array.isArray(value);

export const keyOf = (value: BreakdownValue): string => JSON.stringify(value);

export function distinctValues(values: readonly BreakdownValue[]): BreakdownValue[] {
  return [...new Set(values.map(keyOf))].map((key) => JSON.parse(key) as BreakdownValue);
}

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
