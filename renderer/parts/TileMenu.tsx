import { useCallback, useRef } from 'react';
import { runTileAction } from '../app/run-tile-action.ts';
import { offersOf } from '../cohorts/people-offers.ts';
import { savePeopleOfTile } from '../cohorts/use-people-keys.ts';
import { useServices } from '../app/services.ts';
import { TILE_ACTIONS } from '../app/tile-actions.ts';
import { useExportChoice } from '../notes/export-choice.ts';
import type { TileId } from '../state/address.ts';
import { tileFacts, useTiles } from '../state/tile-store.ts';
import { ActionMenu, type MenuAction } from './ActionMenu.tsx';
import { Icon } from './Icon.tsx';
import { Popover } from './Popover.tsx';

/** Only where the tile has people to offer. */
const SAVE_COHORT = {
  id: 'cohort',
  label: 'Save people as cohort',
  icon: 'excluded',
  keys: ['S'],
} as const satisfies MenuAction<string>;

export function TileMenu({ id, title }: { id: TileId; title: string }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const { backend } = useServices();
  const isOpen = useTiles(({ menu }) => menu === id);
  const openMenu = useTiles((state) => state.openMenu);
  const hasNotes = useExportChoice((state) => state.hasNotes);
  const close = useCallback(() => {
    openMenu(null);
  }, [openMenu]);
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="button-icon"
        aria-label={`Menu of ${title}`}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-keyshortcuts="."
        title="Menu (.)"
        onClick={() => {
          openMenu(isOpen ? null : id);
        }}
      >
        <Icon name="more" />
      </button>
      {isOpen && (
        <Popover anchor={anchor} label={`Menu of ${title}`} role="group" align="end" onClose={close}>
          <ActionMenu
            label={`Menu of ${title}`}
            actions={[
              ...TILE_ACTIONS.map((each) => (each.id === 'notes' ? { ...each, isOn: hasNotes } : each)),
              ...(offersOf(id) === null ? [] : [SAVE_COHORT]),
            ]}
            onRun={(action) => {
              const facts = tileFacts(id);
              close();
              anchor.current?.focus();
              if (action === 'cohort') {
                savePeopleOfTile(id);
                return;
              }
              if (facts !== null) void runTileAction(action, facts, backend);
            }}
          />
        </Popover>
      )}
    </>
  );
}
