import type { ShellCapabilities } from './rpc/methods.ts';

/** What each host can do; features read this and never ask which host they run in. */

export const SERVER_CAPABILITIES: ShellCapabilities = {
  kind: 'server',
  openFile: 'upload',
  saveFile: 'download',
  notify: false,
  deepLinks: false,
  updates: false,
};

export const ELECTRON_CAPABILITIES: ShellCapabilities = {
  kind: 'electron',
  openFile: 'dialog',
  saveFile: 'dialog',
  notify: false, // the shell refuses that permission
  deepLinks: true,
  updates: false, // no update address is built in
};
