import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import { APP_URL } from './is-ours.ts';

export interface WindowDeps {
  BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow;
  preloadFile: string;
  isDark: boolean;
}

/** One sandboxed window on our own page; shown when its first paint is there, so that it never flashes white. */
export function openWindow({ BrowserWindow, preloadFile, isDark }: WindowDeps): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Tidemark',
    width: 1_440,
    height: 900,
    minWidth: 1_000,
    minHeight: 640,
    show: false,
    backgroundColor: isDark ? '#0e1012' : '#f3f3ef',
    webPreferences: { preload: preloadFile, ...WEB_PREFERENCES },
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(APP_URL);
  return window;
}

/** Restates the defaults that safety rests on, so that a changed default cannot weaken it. */
const WEB_PREFERENCES = {
  contextIsolation: true,
  sandbox: true,
  webSecurity: true,
  nodeIntegration: false,
  nodeIntegrationInWorker: false,
  nodeIntegrationInSubFrames: false,
  allowRunningInsecureContent: false,
  experimentalFeatures: false,
  webviewTag: false,
  navigateOnDragDrop: false,
  spellcheck: false, // its dictionaries are downloaded
} as const satisfies BrowserWindowConstructorOptions['webPreferences'];
