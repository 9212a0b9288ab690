import { useNotice } from '../state/notice-store.ts';

/** Puts text on the clipboard and says so, or says why not. */
export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    useNotice.getState().say(done);
  } catch {
    useNotice.getState().warn('The clipboard is not open to this window');
  }
}
