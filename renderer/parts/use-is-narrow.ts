import { useSyncExternalStore } from 'react';

/** Below this the sidebar is a rail and the filter bar folds (DESIGN, Widths). */
const NARROW = matchMedia('(width < 1280px)');

const subscribe = (listener: () => void): (() => void) => {
  NARROW.addEventListener('change', listener);
  return () => {
    NARROW.removeEventListener('change', listener);
  };
};

export const useIsNarrow = (): boolean => useSyncExternalStore(subscribe, () => NARROW.matches);
