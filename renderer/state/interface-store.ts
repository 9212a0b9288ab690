import { create } from 'zustand';

export type ThemeChoice = 'system' | 'light' | 'dark';

interface InterfaceState {
  theme: ThemeChoice;
  /** Single letters as keys; can be turned off. */
  hasLetterKeys: boolean;
  isKeyListOpen: boolean;
  isPaletteOpen: boolean;
  isViewListOpen: boolean;
  /** The day under the pointer, marked in every chart of one time axis. */
  hoverDate: string | null;
  setTheme: (theme: ThemeChoice) => void;
  setLetterKeys: (on: boolean) => void;
  openKeyList: (open: boolean) => void;
  openPalette: (open: boolean) => void;
  openViewList: (open: boolean) => void;
  hover: (date: string | null) => void;
}

const THEME_KEY = 'tidemark.theme';
const LETTERS_KEY = 'tidemark.letterKeys';

export const useInterface = create<InterfaceState>()((set) => ({
  theme: readTheme(),
  hasLetterKeys: localStorage.getItem(LETTERS_KEY) !== 'off',
  isKeyListOpen: false,
  isPaletteOpen: false,
  isViewListOpen: false,
  hoverDate: null,
  setTheme: (theme) => {
    localStorage.setItem(THEME_KEY, theme);
    set({ theme });
  },
  setLetterKeys: (hasLetterKeys) => {
    localStorage.setItem(LETTERS_KEY, hasLetterKeys ? 'on' : 'off');
    set({ hasLetterKeys });
  },
  openKeyList: (isKeyListOpen) => {
    set({ isKeyListOpen });
  },
  openPalette: (isPaletteOpen) => {
    set({ isPaletteOpen });
  },
  openViewList: (isViewListOpen) => {
    set({ isViewListOpen });
  },
  hover: (hoverDate) => {
    set({ hoverDate });
  },
}));

function readTheme(): ThemeChoice {
  const stored = localStorage.getItem(THEME_KEY);
  return stored === 'light' || stored === 'dark' ? stored : 'system';
}

/** Sets `data-theme` on the root now and whenever the choice or the system changes; returns how to stop. */
export function followTheme(): () => void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const { theme } = useInterface.getState();
    document.documentElement.dataset['theme'] =
      theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
  };
  apply();
  dark.addEventListener('change', apply);
  const unsubscribe = useInterface.subscribe(apply);
  return () => {
    dark.removeEventListener('change', apply);
    unsubscribe();
  };
}
