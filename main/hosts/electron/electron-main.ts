import type * as electron from 'electron';

/** The parts of Electron that the shell uses; handed in, so that everything below main.ts loads anywhere. */
export type ElectronMain = Pick<
  typeof electron,
  | 'app'
  | 'BrowserWindow'
  | 'crashReporter'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'MessageChannelMain'
  | 'nativeTheme'
  | 'Notification'
  | 'protocol'
  | 'safeStorage'
  | 'session'
  | 'shell'
  | 'utilityProcess'
>;
