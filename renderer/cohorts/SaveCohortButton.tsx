import { Icon } from '../parts/Icon.tsx';
import type { TileId } from '../state/address.ts';
import { openSaving } from './people-menu-store.ts';
import { offersOf, peopleMark } from './people-offers.ts';

/** In the panel of a mark: saves whom it counts. */
export function SaveCohortButton({ tile, mark }: { tile: TileId; mark: string }) {
  return (
    <button
      type="button"
      className="button"
      data-people-tile={tile}
      {...peopleMark(mark)}
      aria-keyshortcuts="S"
      title="Save as cohort (S)"
      onClick={({ currentTarget }) => {
        const offers = offersOf(tile)?.at(mark) ?? [];
        if (offers.length > 0) openSaving(offers, { returnTo: currentTarget });
      }}
    >
      <Icon name="excluded" />
      Save as cohort
    </button>
  );
}
