import { create } from 'zustand';
import type { AnnotationPin } from '../../shared/rpc/contract/annotations.ts';
import type { ResultOf } from '../../shared/rpc/methods.ts';
import type { TileId } from '../state/address.ts';
import type { NoteMark } from './note-mark.ts';

export interface NoteSelection {
  /** null: the whole view. */
  tile: TileId | null;
  mark: NoteMark;
  /** Index of the point from which a range grows. */
  origin: number | null;
}

export const SHOWN = ['all', 'pending', 'conflict', 'mine'] as const;
export type Shown = (typeof SHOWN)[number];

export type PanelPage = 'notes' | 'places' | 'aside';

interface NotesState {
  isPanelOpen: boolean;
  shown: Shown;
  /** What the panel shows: notes, where they go, or what was set aside. */
  page: PanelPage;
  /** What the next note is about. */
  selection: NoteSelection | null;
  /** The note that is looked at. */
  chosen: string | null;
  /** Counts presses of "annotate", so that the composer takes the focus each time. */
  composing: number;
  /** Of the open view and its days. */
  pins: readonly AnnotationPin[];
  state: ResultOf<'query.annotations.state'> | null;
  /** Raised whenever notes look different. */
  revision: number;
}

export const useNotes = create<NotesState>()(() => ({
  isPanelOpen: false,
  shown: 'all',
  page: 'notes',
  selection: null,
  chosen: null,
  composing: 0,
  pins: [],
  state: null,
  revision: 0,
}));

export function openPanel(change: Partial<Pick<NotesState, 'shown' | 'chosen' | 'page'>> = {}): void {
  useNotes.setState({ isPanelOpen: true, page: 'notes', ...change });
}

export function closePanel(): void {
  useNotes.setState({ isPanelOpen: false, chosen: null });
}

/** Chooses what the next note is about; null: nothing in particular. */
export function selectMark(selection: NoteSelection | null): void {
  useNotes.setState({ selection });
}

/** Opens the composer for what is given. */
export function annotate(selection: NoteSelection): void {
  useNotes.setState(({ composing }) => ({
    isPanelOpen: true,
    page: 'notes',
    selection,
    composing: composing + 1,
  }));
}

/** The whole view, or what a tile shows of it. */
export const wholeView = (tile: TileId | null, label: string): NoteSelection => ({
  tile,
  mark: { anchor: { kind: 'view' }, label, value: null, interval: null, n: null },
  origin: null,
});
