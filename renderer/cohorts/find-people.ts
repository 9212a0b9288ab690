import { TILE_IDS, type TileId } from '../state/address.ts';
import { offersOf, type PeopleOffer } from './people-offers.ts';

/** A mark on screen and whom it counts. */
export interface FoundPeople {
  element: HTMLElement;
  offers: PeopleOffer[];
}

/** Whom the mark around an element counts; null: it is none. */
export function peopleAround(target: EventTarget | null): FoundPeople | null {
  const element = target instanceof Element ? target.closest<HTMLElement>('[data-people]') : null;
  const offers =
    element === null ? [] : (offersOf(tileAround(element))?.at(element.dataset['people'] ?? '') ?? []);
  return element === null || offers.length === 0 ? null : { element, offers };
}

/** The mark that is read by the keys, else the one under the pointer. */
export function peopleHere(): FoundPeople | null {
  const tile = document.activeElement?.closest<HTMLElement>('[data-tile]') ?? null;
  const read = tile?.querySelector('[data-people][data-current="true"]') ?? null;
  const pointed = [...document.querySelectorAll('[data-people]:hover')].at(-1) ?? null; // a cell before its row
  return (
    peopleAround(read) ?? peopleAround(document.activeElement) ?? peopleAround(pointed) ?? peopleInPanel()
  );
}

/** An open panel is about one mark: its button names whom it counts. */
const peopleInPanel = (): FoundPeople | null => peopleAround(document.querySelector('.panel [data-people]'));

export const tileAround = (element: Element): TileId | null => {
  const id =
    element.closest<HTMLElement>('[data-people-tile]')?.dataset['peopleTile'] ??
    element.closest<HTMLElement>('[data-tile]')?.dataset['tile'];
  return TILE_IDS.find((each) => each === id) ?? null;
};
