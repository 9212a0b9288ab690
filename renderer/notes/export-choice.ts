import { create } from 'zustand';

const STORED_AS = 'tidemark.notesInExports';

interface ExportChoice {
  /** Notes go along with pictures, tables and paper. */
  hasNotes: boolean;
  toggle: () => void;
}

export const useExportChoice = create<ExportChoice>()((set, get) => ({
  hasNotes: localStorage.getItem(STORED_AS) !== 'off',
  toggle: () => {
    const hasNotes = !get().hasNotes;
    localStorage.setItem(STORED_AS, hasNotes ? 'on' : 'off');
    set({ hasNotes });
  },
}));
