import { EventEmitter } from 'node:events';
import type { Recorder } from './recorder.ts';
import type { Own, StandsIn } from './stands-in.ts';

export interface AppSettings {
  /** Whether this start is the first one on its profile. */
  isFirstInstance: boolean;
  isPackaged: boolean;
}

/** `ready` follows in the very next microtask, as soon as it ever can in Electron: whatever a shell calls after awaiting
 *  anything comes too late. */
export class AppDouble extends EventEmitter implements StandsIn<Own<Electron.App>> {
  readonly isPackaged: boolean;
  readonly paths = new Map<string, string>();
  exitCode: number | undefined;
  readonly #recorder: Recorder;
  readonly #settings: AppSettings;
  readonly #ready: Promise<void>;

  constructor(recorder: Recorder, settings: AppSettings) {
    super();
    this.#recorder = recorder;
    this.#settings = settings;
    this.isPackaged = settings.isPackaged;
    this.#ready = Promise.resolve().then(() => {
      recorder.isReady = true;
      this.emit('ready');
    });
  }

  enableSandbox(): void {
    this.#recorder.before('app.enableSandbox');
  }

  setPath(name: string, path: string): void {
    this.#recorder.before('app.setPath', name, path);
    if (this.#recorder.has('app.requestSingleInstanceLock')) {
      throw new Error('the lock was taken on another profile');
    }
    this.paths.set(name, path);
  }

  setAsDefaultProtocolClient(protocol: string): boolean {
    this.#recorder.record('app.setAsDefaultProtocolClient', protocol);
    return true;
  }

  requestSingleInstanceLock(): boolean {
    this.#recorder.before('app.requestSingleInstanceLock');
    return this.#settings.isFirstInstance;
  }

  whenReady(): Promise<void> {
    return this.#ready;
  }

  getVersion(): string {
    return '0.0.0-double';
  }

  quit(): void {
    this.#recorder.record('app.quit');
    let isPrevented = false;
    this.emit('will-quit', { preventDefault: () => (isPrevented = true) });
    if (!isPrevented) this.exit(0);
  }

  exit(code = 0): void {
    this.#recorder.record('app.exit', code);
    this.exitCode ??= code;
    this.emit('exited');
  }
}
