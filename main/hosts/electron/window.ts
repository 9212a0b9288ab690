import type { BrowserWindow, BrowserWindowConstructorOptions, NativeTheme, WebContents } from 'electron';
import { APP_URL } from './is-ours.ts';
import { watchUserInput } from './user-input.ts';

export interface WindowDeps {
  BrowserWindow: new (options: BrowserWindowConstructorOptions) => BrowserWindow;
  nativeTheme: Pick<NativeTheme, 'shouldUseDarkColors'>;
  preloadFile: string;
  nowMs: () => number;
  /** The page starts or goes; links and proposals made for it are void. */
  onPageGone: () => void;
  onCrash: (reason: string) => void;
}

const CRASH_REST_MS = 10_000; // a page that crashes again so soon would do so for ever

/** The one window of the app. It may be closed and opened again. */
export class MainWindow {
  readonly #deps: WindowDeps;
  #window: BrowserWindow | null = null;
  #hadUserAction: () => boolean = () => false;
  #lastCrashMs = -Infinity;

  constructor(deps: WindowDeps) {
    this.#deps = deps;
  }

  get contents(): WebContents | null {
    return this.#window?.webContents ?? null;
  }

  /** Whether the user pressed a key or button of this window within the last seconds. */
  hadUserAction(): boolean {
    return this.#hadUserAction();
  }

  show(): void {
    if (this.#window === null) return this.#open();
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  #open(): void {
    const { BrowserWindow, nativeTheme, preloadFile, nowMs, onPageGone, onCrash } = this.#deps;
    const window = new BrowserWindow({
      title: 'Tidemark',
      width: 1_440,
      height: 900,
      minWidth: 1_000,
      minHeight: 640,
      show: false, // until its first paint, so that it never flashes white
      backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1012' : '#f3f3ef',
      webPreferences: { preload: preloadFile, ...WEB_PREFERENCES },
    });
    this.#window = window;
    this.#hadUserAction = watchUserInput(window.webContents, nowMs);
    window.once('ready-to-show', () => window.show());
    window.once('closed', () => {
      this.#window = null;
      onPageGone();
    });
    window.webContents.on('did-start-loading', onPageGone);
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      onCrash(reason);
      if (reason === 'clean-exit' || nowMs() - this.#lastCrashMs < CRASH_REST_MS) return;
      this.#lastCrashMs = nowMs();
      window.webContents.reload();
    });
    void window.loadURL(APP_URL).catch((error: unknown) => onCrash(String(error)));
  }
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
