import { create } from 'zustand';
import type { PeopleOffer } from './people-offers.ts';

interface PeopleMenuState {
  /** The mark whose people can be saved, and where its menu opens; null: closed. */
  menu: { offers: readonly PeopleOffer[]; element: HTMLElement; x: number; y: number } | null;
  /** What the dialog saves: one of these; null: closed. */
  saving: { offers: readonly PeopleOffer[]; chosen: number; returnTo: HTMLElement | null } | null;
}

export const usePeopleMenu = create<PeopleMenuState>()(() => ({ menu: null, saving: null }));

export const closePeopleMenu = (): void => {
  usePeopleMenu.setState({ menu: null });
};

/** Opens the dialog; the focus comes back to `returnTo`. */
export function openSaving(
  offers: readonly PeopleOffer[],
  { chosen = 0, returnTo = null }: { chosen?: number; returnTo?: HTMLElement | null } = {},
): void {
  usePeopleMenu.setState({ menu: null, saving: { offers, chosen, returnTo } });
}

export const closeSaving = (): void => {
  const { saving } = usePeopleMenu.getState();
  usePeopleMenu.setState({ saving: null });
  saving?.returnTo?.focus();
};
