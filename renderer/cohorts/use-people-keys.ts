import { useEffect } from 'react';
import { useInterface } from '../state/interface-store.ts';
import { useNotice } from '../state/notice-store.ts';
import { tileFacts, tilesOnScreen, useTiles } from '../state/tile-store.ts';
import { peopleHere } from './find-people.ts';
import { areaOf } from './PeopleMenu.tsx';
import { openSaving } from './people-menu-store.ts';
import { offersOf } from './people-offers.ts';

/** S saves the people of the mark that is read or pointed at; without one, those that the tile has to offer. */
export function usePeopleKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
      if (event.key.toLowerCase() !== 's' || !useInterface.getState().hasLetterKeys) return;
      if (isTyping(event.target)) return;
      savePeopleHere();
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, []);
}

function savePeopleHere(): void {
  const found = peopleHere();
  if (found !== null) openSaving(found.offers, { returnTo: areaOf(found.element) });
  else savePeopleOfTile();
}

/** Everything that a tile offers, to choose from. */
export function savePeopleOfTile(id = useTiles.getState().focused): void {
  const tile = tileFacts(id) ?? tilesOnScreen()[0] ?? null;
  const offers = offersOf(tile?.id ?? null)?.all() ?? [];
  if (tile === null || offers.length === 0)
    useNotice.getState().say('Nothing here counts people; read or point at a mark that does.');
  else openSaving(offers, { returnTo: tile.element });
}

/** Inside a menu letters jump; in a field they are text. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [role=menu], [role=listbox], dialog') !== null;
