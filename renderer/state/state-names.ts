import { statesInOrder, type Taxonomy } from '../../shared/domain/taxonomy.ts';

/** A state as the screen knows it; `slot` 1..7 is its colour. */
export interface StateName {
  id: string;
  label: string;
  slot: number;
}

const STATE_COLOURS = 7;

/** The taxonomy's states in its order, then those that only the data knows. */
export function stateNames(taxonomy: Taxonomy | null, ids: readonly string[]): StateName[] {
  const known = taxonomy === null ? [] : statesInOrder(taxonomy);
  const knownIds = new Set(known.map(({ id }) => id));
  const others = ids.filter((id) => !knownIds.has(id)).map((id) => ({ id, label: id }));
  return [...known, ...others].map(({ id, label }, index) => ({
    id,
    label,
    slot: (index % STATE_COLOURS) + 1,
  }));
}
