import { TILE_IDS, type TileId } from '../state/address.ts';
import { markOf } from './note-mark.ts';
import { annotate, type NoteSelection, useNotes, wholeView } from './notes-store.ts';

/** Opens the composer for what is selected, read or pointed at; else for the whole view. */
export function annotateHere(): void {
  const tile =
    document.activeElement?.closest<HTMLElement>('[data-tile]') ??
    document.querySelector<HTMLElement>('[data-tile]:hover');
  const { selection } = useNotes.getState();
  if (tile === null) annotate(selection ?? wholeView(null, 'Whole view'));
  else annotateTile(tile);
}

export function annotateTile(tile: HTMLElement): void {
  annotate(selectionIn(tile));
}

function selectionIn(tile: HTMLElement): NoteSelection {
  const id = idOf(tile);
  const { selection } = useNotes.getState();
  if (selection !== null && selection.tile === id && selection.origin !== null) return selection;
  const isRead = tile.contains(document.activeElement); // by the keys; else the pointer says what is meant
  const element = isRead ? (readIn(tile) ?? pointedIn(tile)) : (pointedIn(tile) ?? readIn(tile));
  const mark = element === null ? null : markOf(element);
  if (mark !== null) return { tile: id, mark, origin: null };
  return wholeView(id, tile.querySelector('h2')?.textContent ?? 'Whole view');
}

const readIn = (tile: HTMLElement): Element | null =>
  tile.querySelector('[data-note][data-current="true"]') ??
  tile.querySelector('[data-note] [data-current="true"]')?.closest('[data-note]') ??
  document.activeElement?.closest('[data-note]') ??
  null;

/** A cell before its row; of a chart the point under the pointer. */
const pointedIn = (tile: HTMLElement): Element | null =>
  [...tile.querySelectorAll('[data-note]:hover')].at(-1) ??
  tile.querySelector('[data-note][data-pointed="true"]');

const idOf = (tile: HTMLElement): TileId | null => TILE_IDS.find((id) => id === tile.dataset['tile']) ?? null;
