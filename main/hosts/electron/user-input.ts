import type { InputEvent, WebContents } from 'electron';

/** How long a press counts as the cause of what follows; Chromium's own transient activation lasts as long. */
const USER_ACTION_MS = 5_000;
const PRESSES = new Set<InputEvent['type']>([
  'mouseDown',
  'mouseUp',
  'keyDown',
  'rawKeyDown',
  'touchStart',
  'touchEnd',
  'gestureTap',
]);

/** Watches the real input of a page; the page itself cannot make such events. Returns whether the user pressed a key or
 *  button within the last seconds. */
export function watchUserInput(contents: WebContents, nowMs: () => number): () => boolean {
  let lastPressMs = -Infinity;
  contents.on('input-event', (_event, input) => {
    if (PRESSES.has(input.type)) lastPressMs = nowMs();
  });
  return () => nowMs() - lastPressMs <= USER_ACTION_MS;
}
