import { changeInWords } from '../state/address-words.ts';
import { useAddress } from '../state/address-store.ts';
import { useNotice } from '../state/notice-store.ts';
import { environmentOf, useSession } from '../state/session-store.ts';

/** Every change of a view is a step of the window's history, so undo and redo walk it, and say what they took back. */

export function undo(): void {
  step('Undone', useAddress.getState().canGoBack);
}

export function redo(): void {
  step('Done again', useAddress.getState().canGoForward);
}

function step(word: 'Undone' | 'Done again', isPossible: boolean): void {
  const isUndo = word === 'Undone';
  if (!isPossible) {
    useNotice.getState().say(isUndo ? 'Nothing to undo' : 'Nothing to redo');
    return;
  }
  const before = useAddress.getState().address;
  const tell = () => {
    const { address } = useAddress.getState();
    const environment = environmentOf(useSession.getState().workspace, address.environment);
    const change = isUndo
      ? changeInWords(address, before, environment)
      : changeInWords(before, address, environment);
    useNotice.getState().say(`${word}: ${change}`);
  };
  addEventListener('popstate', tell, { once: true });
  if (isUndo) history.back();
  else history.forward();
}
