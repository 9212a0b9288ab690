import { create } from 'zustand';
import { DEFAULT_ADDRESS, formatAddress, parseAddress, type ViewAddress } from './address.ts';

interface AddressState {
  address: ViewAddress;
  /** Parts of the last read address that were not followed. */
  problems: string[];
  canGoBack: boolean;
  canGoForward: boolean;
  /** A new step in history, unless nothing changed. */
  go: (change: Partial<ViewAddress>) => void;
  dismissProblems: () => void;
}

/** The view's address, in step with the address bar and the history of the window. */
export const useAddress = create<AddressState>()((set, get) => ({
  address: DEFAULT_ADDRESS,
  problems: [],
  canGoBack: false,
  canGoForward: false,
  go: (change) => {
    const address = { ...get().address, ...change };
    const hash = formatAddress(address);
    if (hash === formatAddress(get().address)) return;
    const index = (stepOfHistory() ?? 0) + 1;
    history.pushState({ step: index }, '', hash);
    rememberNewestStep(index);
    set({ address, problems: [], canGoBack: true, canGoForward: false });
  },
  dismissProblems: () => {
    set({ problems: [] });
  },
}));

/** Reads the address bar now and whenever it changes; returns how to stop. */
export function followAddressBar(): () => void {
  let lastStep = -1;
  const read = () => {
    const known = stepOfHistory();
    const step = known ?? lastStep + 1; // a typed address is a step that the browser added
    if (known === undefined) rememberNewestStep(step);
    lastStep = step;
    const { address, problems } = parseAddress(location.hash, useAddress.getState().address);
    history.replaceState({ step }, '', formatAddress(address));
    useAddress.setState({ address, problems, canGoBack: step > 0, canGoForward: step < newestStep() });
  };
  read();
  addEventListener('popstate', read);
  return () => {
    removeEventListener('popstate', read);
  };
}

/** Which step of this window's history shows now; undefined for an entry that is not ours. */
function stepOfHistory(): number | undefined {
  const state: unknown = history.state;
  if (typeof state !== 'object' || state === null || !('step' in state)) return undefined;
  return typeof state.step === 'number' ? state.step : undefined;
}

const NEWEST_KEY = 'tidemark.history.newest';

/** Kept for the window's life, so that a reload knows whether there is something ahead. */
function rememberNewestStep(step: number): void {
  sessionStorage.setItem(NEWEST_KEY, String(step));
}

const newestStep = (): number => Number(sessionStorage.getItem(NEWEST_KEY) ?? 0);
