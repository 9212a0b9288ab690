import { type GroupValue, keyOf } from '../plan/grouping.ts';

/** Largest first; at the same size by text, missing last. */
export function bySize<T extends { value: GroupValue; size: number }>(a: T, b: T): number {
  return b.size - a.size || compareValues(a.value, b.value);
}

export function compareValues(a: GroupValue, b: GroupValue): number {
  for (const [index, left] of a.entries()) {
    const order = compareTexts(left, b[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareTexts(a: string | null, b: string | null): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  return a < b ? -1 : 1;
}

/** Values of the compared period that the first one lacks. */
export function missingFrom(values: readonly GroupValue[], others: readonly GroupValue[]): GroupValue[] {
  const known = new Set(values.map(keyOf));
  return others.filter((value) => !known.has(keyOf(value)));
}
