import { AppDouble, type AppSettings } from './app.ts';
import { BrowserWindowDouble } from './browser-window.ts';
import { MessageChannelDouble } from './ports.ts';
import { Recorder } from './recorder.ts';
import { SafeStorageDouble } from './safe-storage.ts';
import type { Own, StandsIn } from './stands-in.ts';
import { NodeUtilityProcess, SilentUtilityProcess } from './utility-process.ts';

type PermissionRequestHandler = Parameters<Electron.Session['setPermissionRequestHandler']>[0];
type PermissionCheckHandler = Parameters<Electron.Session['setPermissionCheckHandler']>[0];
type DevicePermissionHandler = Parameters<Electron.Session['setDevicePermissionHandler']>[0];
type ProtocolHandler = Parameters<Electron.Protocol['handle']>[1];
type IpcListener = Parameters<Electron.IpcMain['on']>[1];
type IpcHandler = Parameters<Electron.IpcMain['handle']>[1];

export interface DoubleSettings extends AppSettings {
  /** Whether forked processes really run, in Node, or only remember what they are told. */
  processes: 'silent' | 'node';
}

/** A stand-in for Electron's main-process module: records every call, throws on a wrong order, and keeps what the shell
 *  registered, so that a test can play the page, the system and the user. */
export class ElectronDouble {
  readonly recorder = new Recorder();
  readonly app: AppDouble;
  readonly safeStorage = new SafeStorageDouble();
  readonly windows: BrowserWindowDouble[] = [];
  readonly processes: (SilentUtilityProcess | NodeUtilityProcess)[] = [];
  readonly privilegesByScheme = new Map<string, Electron.Privileges>();
  readonly protocolHandlers = new Map<string, ProtocolHandler>();
  readonly ipcListeners = new Map<string, IpcListener>();
  readonly ipcHandlers = new Map<string, IpcHandler>();
  onPermissionRequest: PermissionRequestHandler = null;
  onPermissionCheck: PermissionCheckHandler = null;
  onDevicePermission: DevicePermissionHandler = null;
  readonly #settings: DoubleSettings;

  constructor(settings: Partial<DoubleSettings> = {}) {
    this.#settings = { isFirstInstance: true, isPackaged: false, processes: 'silent', ...settings };
    this.app = new AppDouble(this.recorder, this.#settings);
  }

  /** What the bundle gets for `import … from 'electron'`. */
  get module(): { [Member in keyof typeof Electron.CrossProcessExports]?: unknown } {
    return {
      app: this.app,
      BrowserWindow: this.#windowClass(),
      crashReporter: this.#crashReporter(),
      dialog: this.#dialog(),
      ipcMain: this.#ipcMain(),
      Menu: this.#menu(),
      MessageChannelMain: MessageChannelDouble,
      nativeTheme: { shouldUseDarkColors: false } satisfies StandsIn<Own<Electron.NativeTheme>>,
      Notification: this.#notificationClass(),
      protocol: this.#protocol(),
      safeStorage: this.safeStorage.module,
      session: this.#session(),
      shell: this.#shell(),
      utilityProcess: this.#utilityProcess(),
    };
  }

  #windowClass(): new (options: Electron.BrowserWindowConstructorOptions) => BrowserWindowDouble {
    const { recorder, windows, app, protocolHandlers } = this;
    return class extends BrowserWindowDouble {
      constructor(options: Electron.BrowserWindowConstructorOptions) {
        super(options, {
          recorder,
          isServed: (scheme) => protocolHandlers.has(scheme),
          onCreated: (window) => {
            windows.push(window);
            app.emit('web-contents-created', {}, window.webContents);
          },
        });
      }
    };
  }

  #crashReporter() {
    return {
      start: (options: Electron.CrashReporterStartOptions) =>
        this.recorder.before('crashReporter.start', options),
    } satisfies StandsIn<Electron.CrashReporter>;
  }

  #dialog() {
    return {
      showErrorBox: (title: string, content: string) =>
        this.recorder.record('dialog.showErrorBox', title, content),
    } satisfies StandsIn<Electron.Dialog>;
  }

  #shell() {
    return {
      openExternal: (url: string) => {
        this.recorder.record('shell.openExternal', url);
        return Promise.resolve();
      },
    } satisfies StandsIn<Electron.Shell>;
  }

  #menu() {
    return {
      buildFromTemplate: (template: (Electron.MenuItemConstructorOptions | Electron.MenuItem)[]) => {
        this.recorder.after('Menu.buildFromTemplate', template);
        return {};
      },
      setApplicationMenu: () => this.recorder.after('Menu.setApplicationMenu'),
    } satisfies StandsIn<typeof Electron.Menu>;
  }

  #ipcMain() {
    return {
      on: (channel: string, listener: IpcListener) => {
        this.recorder.record('ipcMain.on', channel);
        this.ipcListeners.set(channel, listener);
      },
      handle: (channel: string, handler: IpcHandler) => {
        this.recorder.record('ipcMain.handle', channel);
        if (this.ipcHandlers.has(channel)) throw new Error(`a second handler for ${channel}`);
        this.ipcHandlers.set(channel, handler);
      },
    } satisfies StandsIn<Electron.IpcMain>;
  }

  #protocol() {
    return {
      registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => {
        if (this.recorder.has('protocol.registerSchemesAsPrivileged'))
          throw new Error('only one call counts');
        this.recorder.before('protocol.registerSchemesAsPrivileged', schemes);
        for (const { scheme, privileges = {} } of schemes) this.privilegesByScheme.set(scheme, privileges);
      },
      handle: (scheme: string, handler: ProtocolHandler) => {
        this.recorder.after('protocol.handle', scheme);
        if (!this.privilegesByScheme.has(scheme)) throw new Error(`${scheme}: is not a registered scheme`);
        this.protocolHandlers.set(scheme, handler);
      },
    } satisfies StandsIn<Electron.Protocol>;
  }

  #session() {
    const defaultSession = {
      setPermissionRequestHandler: (handler: PermissionRequestHandler) => {
        this.recorder.after('session.setPermissionRequestHandler');
        this.onPermissionRequest = handler;
      },
      setPermissionCheckHandler: (handler: PermissionCheckHandler) => {
        this.recorder.after('session.setPermissionCheckHandler');
        this.onPermissionCheck = handler;
      },
      setDevicePermissionHandler: (handler: DevicePermissionHandler) => {
        this.recorder.after('session.setDevicePermissionHandler');
        this.onDevicePermission = handler;
      },
    } satisfies StandsIn<Electron.Session>;
    const { recorder } = this;
    return {
      get defaultSession() {
        recorder.after('session.defaultSession');
        return defaultSession;
      },
    } satisfies StandsIn<typeof Electron.Session>;
  }

  #notificationClass() {
    const { recorder } = this;
    return class {
      static isSupported(): boolean {
        return true;
      }
      readonly #options: Electron.NotificationConstructorOptions;
      constructor(options: Electron.NotificationConstructorOptions) {
        this.#options = options;
      }
      show(): void {
        recorder.after('Notification.show', this.#options);
      }
    } satisfies StandsIn<typeof Electron.Notification>;
  }

  #utilityProcess() {
    return {
      fork: (modulePath: string, args?: string[], options?: Electron.ForkOptions) => {
        this.recorder.after('utilityProcess.fork', modulePath, args, options);
        const isReal = this.#settings.processes === 'node';
        const child = isReal ? new NodeUtilityProcess(modulePath) : new SilentUtilityProcess();
        this.processes.push(child);
        return child;
      },
    } satisfies StandsIn<typeof Electron.UtilityProcess>;
  }
}
