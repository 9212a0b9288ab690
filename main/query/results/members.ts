import type { Unit } from '../plan/units.ts';

export const MOST_MEMBERS = 10_000;

/** Ids in text order, cut to what may be listed. */
const listMembers = (ids: readonly string[], most: number): string[] => [...ids].sort(byText).slice(0, most);

export const joinMembers = (lists: readonly (readonly string[])[], most: number): string[] =>
  listMembers(lists.flat(), most);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Lists units by their ids. */
export type NameMembers = (units: readonly number[]) => string[];

export const createNameMembers =
  ({ nameOf }: Unit, most: number): NameMembers =>
  (units) =>
    listMembers(units.map(nameOf), most);
