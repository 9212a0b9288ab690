import { useEffect } from 'react';
import { againstOf, withAgainst } from '../state/against.ts';
import { DEFAULT_ADDRESS, formatAddress, inView } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';
import { useInterface } from '../state/interface-store.ts';
import { usePassport } from '../state/passport-store.ts';
import { useSelection } from '../state/selection-store.ts';
import { type TileFacts, tileFacts, tilesOnScreen, useTiles } from '../state/tile-store.ts';
import { runTileAction } from './run-tile-action.ts';
import type { Services } from './services.ts';
import { syncNow } from './sync-now.ts';
import type { TileActionId } from './tile-actions.ts';
import { redo, undo } from './undo.ts';
import { VIEW_LETTERS } from './view-letters.ts';

const PREFIX_LIFE_MS = 1_500; // F or G, then a letter: longer apart they are two presses

/** Keys of the frame. Single letters work outside text fields only and can be turned off. */
export function useKeys({ backend }: Services): void {
  useEffect(() => {
    let prefix = '';
    let prefixUntilMs = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      const key = event.key.toLowerCase();
      if (event.ctrlKey || event.metaKey) {
        if (onChord(key, event)) event.preventDefault();
        return;
      }
      if (key === 'escape' && !isTyping(event.target)) leave();
      if (!useInterface.getState().hasLetterKeys || isTyping(event.target)) return;
      const first = event.timeStamp < prefixUntilMs ? prefix : '';
      prefixUntilMs = 0;
      if (first === 'f' && openFilter(key)) event.preventDefault();
      else if (first === 'g' && goToView(key)) event.preventDefault();
      else if (key === 'f' || key === 'g') {
        prefix = key;
        prefixUntilMs = event.timeStamp + PREFIX_LIFE_MS;
      } else if (onLetter(key, backend)) event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [backend]);
}

/** Esc: closes the passport, else lets the selection go, else takes back the dates that a brush has set. */
function leave(): void {
  const { subject, close } = usePassport.getState();
  const { span, brushed, select, noteBrush } = useSelection.getState();
  if (subject !== null) close();
  else if (span !== null) select(null);
  else if (brushed !== null && brushed === formatAddress(useAddress.getState().address)) {
    noteBrush(null);
    undo();
  }
}

function onChord(key: string, { target, shiftKey }: KeyboardEvent): boolean {
  const { isPaletteOpen, openPalette } = useInterface.getState();
  if (key === 'k') {
    openPalette(!isPaletteOpen);
    return true;
  }
  if (isPaletteOpen || isTyping(target)) return false;
  if (key === 'z') {
    if (shiftKey) redo();
    else undo();
    return true;
  }
  if (key === 'y') {
    redo();
    return true;
  }
  return key === 'e' && openMenu();
}

function onLetter(key: string, backend: Services['backend']): boolean {
  const { openKeyList, openViewList } = useInterface.getState();
  switch (key) {
    case 'c':
      toggleCompare();
      return true;
    case 'r':
      syncNow(backend);
      return true;
    case 'v':
      openViewList(true);
      return true;
    case '?':
      openKeyList(true);
      return true;
    case '.':
      return openMenu();
    case 'i':
      return onTile('passport', backend);
    case 'e':
      return onTile('explore', backend);
    default:
      return false;
  }
}

/** Inside a menu letters jump; in a field they are text. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, select, [role=menu], [role=listbox], dialog') !== null;

/** The tile that has or last had the focus, else the first. */
const tileInFocus = (): TileFacts | null =>
  tileFacts(useTiles.getState().focused) ?? tilesOnScreen()[0] ?? null;

function onTile(action: TileActionId, backend: Services['backend']): boolean {
  const tile = tileInFocus();
  if (tile !== null) void runTileAction(action, tile, backend);
  return tile !== null;
}

function openMenu(): boolean {
  const tile = tileInFocus();
  if (tile === null) return false;
  tile.element.focus();
  useTiles.getState().openMenu(tile.id);
  return true;
}

function openFilter(letter: string): boolean {
  if (letter === 'x') {
    const { filters, cohort } = DEFAULT_ADDRESS;
    useAddress.getState().go({ filters, cohort });
    return true;
  }
  const button = document.querySelector<HTMLElement>(`[data-filter-letter="${CSS.escape(letter)}"]`);
  button?.click();
  return button !== null;
}

function goToView(letter: string): boolean {
  const view = VIEW_LETTERS[letter];
  const { address, go } = useAddress.getState();
  if (view !== undefined) go(inView(address, view));
  return view !== undefined;
}

function toggleCompare(): void {
  const { address, go } = useAddress.getState();
  if (againstOf(address) !== null) go(withAgainst(address, null));
  else go({ compare: address.compare === 'none' ? 'previous' : 'none' });
}
