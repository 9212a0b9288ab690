import { useSyncExternalStore } from 'react';
import { useNotes } from '../notes/notes-store.ts';
import { isPanelOpen } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';

/** DESIGN, Widths: below the first the filter bar folds and the sidebar is a rail; with an open panel also below the
 *  second; below the third the panel lies over the page. */
const NARROW = matchMedia('(width < 1280px)');
const WIDE = matchMedia('(width >= 1600px)');
const SMALL = matchMedia('(width < 1180px)');

const useMatch = (query: MediaQueryList): boolean =>
  useSyncExternalStore(
    (listener) => {
      query.addEventListener('change', listener);
      return () => {
        query.removeEventListener('change', listener);
      };
    },
    () => query.matches,
  );

export const useIsNarrow = (): boolean => useMatch(NARROW);

export const useIsSmall = (): boolean => useMatch(SMALL);

export function useIsRail(): boolean {
  const isNarrow = useIsNarrow();
  const isWide = useMatch(WIDE);
  const hasOwnPanel = useAddress(({ address }) => isPanelOpen(address));
  const hasPanel = useNotes((state) => state.isPanelOpen) || hasOwnPanel;
  return isNarrow || (hasPanel && !isWide);
}
