import type { WebContents } from 'electron';
import { isOurs } from './is-ours.ts';

/** Keeps a page where it is: nothing but our own pages is navigated to, no window is opened, nothing is embedded. */
export function guardNavigation(contents: WebContents): void {
  const preventUnlessOurs = (details: { url: string; preventDefault: () => void }): void => {
    if (!isOurs(details.url)) details.preventDefault();
  };
  contents.on('will-navigate', preventUnlessOurs);
  contents.on('will-frame-navigate', preventUnlessOurs);
  contents.on('will-redirect', preventUnlessOurs);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}
