import { useEffect, useRef } from 'react';
import type { CohortDefinition } from '../../shared/query/cohort.ts';
import type { TileId } from '../state/address.ts';

/** People whom a mark counts, as something that can be saved. */
export interface PeopleOffer {
  /** "23 people who came to Prompt shown". */
  label: string;
  /** What the cohort is called unless somebody says otherwise. */
  name: string;
  definition: CohortDefinition;
  /** How these people relate to what the mark counts, where that is not the same. */
  note?: string;
}

/** Contract: `at` says whom the mark with this key counts, `all` whom the marks of the tile count that are worth a list. */
export interface TileOffers {
  at: (key: string) => PeopleOffer[];
  all: () => PeopleOffer[];
}

const readers = new Map<TileId, () => TileOffers>();

/** Makes the marks of a tile known to the menu of marks, to the keys and to the menu of the tile. */
export function usePeopleOffers(tile: TileId, offers: TileOffers): void {
  const newest = useRef(offers);
  useEffect(() => {
    newest.current = offers;
  });
  useEffect(() => {
    const read = () => newest.current;
    readers.set(tile, read);
    return () => {
      if (readers.get(tile) === read) readers.delete(tile);
    };
  }, [tile]);
}

export const offersOf = (tile: TileId | null): TileOffers | null =>
  tile === null ? null : (readers.get(tile)?.() ?? null);

/** The attribute by which a row, a cell or a chart says which mark it is. */
export const peopleMark = (key: string | null): { 'data-people'?: string } =>
  key === null ? {} : { 'data-people': key };
