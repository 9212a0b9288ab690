import { create } from 'zustand';
import type { ExportRow } from '../../shared/export/export-table.ts';
import type { Question } from '../link/use-question.ts';
import type { TileId } from './address.ts';

/** What a tile shows now, for menu, palette, exports and passport. */
export interface TileFacts {
  id: TileId;
  title: string;
  subtitle: string;
  summary: string;
  questions: readonly Question[];
  /** Rows of its answers that it draws. */
  draws: (row: ExportRow) => boolean;
  element: HTMLElement;
}

interface TileState {
  /** The tiles on screen, each told anew whenever it is asked. */
  readers: ReadonlyMap<TileId, () => TileFacts | null>;
  /** The tile that has or last had the focus. */
  focused: TileId | null;
  /** The tile whose menu is open. */
  menu: TileId | null;
  register: (id: TileId, read: () => TileFacts | null) => () => void;
  focus: (id: TileId) => void;
  openMenu: (id: TileId | null) => void;
}

export const useTiles = create<TileState>()((set, get) => ({
  readers: new Map(),
  focused: null,
  menu: null,
  register: (id, read) => {
    set({ readers: new Map(get().readers).set(id, read) });
    return () => {
      const { readers, focused, menu } = get();
      const rest = new Map(readers);
      if (rest.get(id) === read) rest.delete(id);
      set({ readers: rest, focused: focused === id ? null : focused, menu: menu === id ? null : menu });
    };
  },
  focus: (focused) => {
    set({ focused });
  },
  openMenu: (menu) => {
    set({ menu });
  },
}));

/** The facts of a tile; null when it has left the screen. */
export const tileFacts = (id: TileId | null): TileFacts | null =>
  id === null ? null : (useTiles.getState().readers.get(id)?.() ?? null);

/** The tiles on screen in reading order. */
export function tilesOnScreen(): TileFacts[] {
  const facts = [...useTiles.getState().readers.values()].map((read) => read());
  return facts
    .filter((each) => each !== null)
    .toSorted((a, b) =>
      a.element.compareDocumentPosition(b.element) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1,
    );
}
