import { useEffect } from 'react';
import { inView, type ViewId } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';
import { useInterface } from '../state/interface-store.ts';
import type { Services } from './services.ts';

const PREFIX_LIFE_MS = 1_500; // F or G, then a letter: longer apart they are two presses

/** Keys of the frame. Single letters work outside text fields only and can be turned off. */
export function useKeys({ backend }: Services): void {
  useEffect(() => {
    let prefix = '';
    let prefixUntilMs = 0;
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (!useInterface.getState().hasLetterKeys || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      const first = event.timeStamp < prefixUntilMs ? prefix : '';
      prefixUntilMs = 0;
      if (first === 'f' && openFilter(key)) event.preventDefault();
      else if (first === 'g' && goToView(key)) event.preventDefault();
      else if (key === 'f' || key === 'g') {
        prefix = key;
        prefixUntilMs = event.timeStamp + PREFIX_LIFE_MS;
      } else if (key === 'c') toggleCompare();
      else if (key === 'r') syncNow(backend);
      else if (key === '?') useInterface.getState().openKeyList(true);
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [backend]);
}

/** Inside a menu letters jump; in a field they are text. */
const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  target.closest('input, textarea, [role=menu], [role=listbox], dialog') !== null;

function openFilter(letter: string): boolean {
  const button = document.querySelector<HTMLElement>(`[data-filter-letter="${CSS.escape(letter)}"]`);
  button?.click();
  return button !== null;
}

const VIEW_LETTERS: Record<string, ViewId> = {
  p: 'practices',
  f: 'funnels',
  c: 'cohorts',
  e: 'engagement',
  x: 'explore',
  j: 'journeys',
  u: 'usage',
  a: 'features',
  s: 'signals',
};

function goToView(letter: string): boolean {
  const view = VIEW_LETTERS[letter];
  const { address, go } = useAddress.getState();
  if (view !== undefined) go(inView(address, view));
  return view !== undefined;
}

function toggleCompare(): void {
  const { address, go } = useAddress.getState();
  go({ compare: address.compare === 'none' ? 'previous' : 'none' });
}

/** How it goes is told by the sync state, also when it cannot begin. */
function syncNow(backend: Services['backend']): void {
  backend.call('command.sync.run', {}).catch(() => undefined);
}
