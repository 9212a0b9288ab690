import { create } from 'zustand';

/** What is selected in one tile and highlighted in all others of the same time axis. */
interface SelectionState {
  /** First day of the selected bucket, and its last. */
  span: { from: string; to: string } | null;
  /** The address that a brush made; while it stands, Esc takes it back. */
  brushed: string | null;
  select: (span: SelectionState['span']) => void;
  noteBrush: (address: string | null) => void;
}

export const useSelection = create<SelectionState>()((set) => ({
  span: null,
  brushed: null,
  select: (span) => {
    set({ span });
  },
  noteBrush: (brushed) => {
    set({ brushed });
  },
}));
