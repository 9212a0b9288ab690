import { EventEmitter } from 'node:events';
import type { Recorder } from './recorder.ts';
import type { Own, StandsIn } from './stands-in.ts';
import { WebContentsDouble } from './web-contents.ts';

export interface WindowSurroundings {
  recorder: Recorder;
  isServed: (scheme: string) => boolean;
  onCreated: (window: BrowserWindowDouble) => void;
}

export class BrowserWindowDouble extends EventEmitter implements StandsIn<Own<Electron.BrowserWindow>> {
  readonly options: Electron.BrowserWindowConstructorOptions;
  readonly webContents = new WebContentsDouble('about:blank');
  isShown = false;
  isMinimizedNow = false;
  focusCount = 0;
  readonly #surroundings: WindowSurroundings;

  constructor(options: Electron.BrowserWindowConstructorOptions, surroundings: WindowSurroundings) {
    super();
    surroundings.recorder.after('BrowserWindow', options);
    this.options = options;
    this.#surroundings = surroundings;
    surroundings.onCreated(this);
  }

  loadURL(url: string): Promise<void> {
    const { recorder, isServed } = this.#surroundings;
    recorder.after('BrowserWindow.loadURL', url);
    if (!isServed(url.split(':', 1)[0] ?? '')) throw new Error(`nobody serves ${url} yet`);
    this.webContents.emit('did-start-loading');
    this.webContents.mainFrame.url = url;
    return Promise.resolve();
  }

  show(): void {
    this.isShown = true;
  }

  focus(): void {
    this.focusCount++;
  }

  isMinimized(): boolean {
    return this.isMinimizedNow;
  }

  restore(): void {
    this.isMinimizedNow = false;
  }
}
