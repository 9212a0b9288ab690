import type { Sort } from '../../state/address.ts';
import type { StatesGroup } from './columns.ts';

/** Practices in the asked order; equal ones stay in the order of the answer. What is not defined comes last. */
export function sortGroups(
  rows: readonly StatesGroup[],
  { key, descending }: Sort,
  nameOfRow: (id: string | null) => string,
): StatesGroup[] {
  if (key === 'practice') {
    const byName = (a: StatesGroup, b: StatesGroup) => nameOfRow(a.id).localeCompare(nameOfRow(b.id), 'en');
    return rows.toSorted((a, b) => (descending ? byName(b, a) : byName(a, b)));
  }
  const valueOf = (row: StatesGroup) => sortValue(row, key);
  return rows.toSorted((a, b) => compareDefined(valueOf(a), valueOf(b), descending));
}

function sortValue(row: StatesGroup, key: string): number | null {
  if (key === 'capture') return row.rate.value;
  if (key === 'n') return row.completed;
  const id = key.slice('state:'.length);
  return row.states.find(({ name }) => name.id === id)?.share.value ?? null;
}

function compareDefined(a: number | null, b: number | null, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  return descending ? b - a : a - b;
}

/** Names run upwards first, numbers downwards; the same key again turns the order. */
export function nextSort(sort: Sort, key: string): Sort {
  return { key, descending: sort.key === key ? !sort.descending : key !== 'practice' };
}
