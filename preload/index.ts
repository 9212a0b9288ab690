import { contextBridge, ipcRenderer } from 'electron';
import {
  type BridgeMessage,
  BRIDGE_NAME,
  SHELL_CHANNELS,
  type ShellBridge,
} from '../shared/shell-channels.ts';

const bridge: ShellBridge = {
  kind: 'electron',
  connect: (role) => ipcRenderer.send(SHELL_CHANNELS.connect, role),
  shell: (command, argument) => ipcRenderer.invoke(SHELL_CHANNELS.command, command, argument),
};
contextBridge.exposeInMainWorld(BRIDGE_NAME, Object.freeze(bridge));

for (const type of [SHELL_CHANNELS.link, SHELL_CHANNELS.lost, SHELL_CHANNELS.proposal]) {
  ipcRenderer.on(type, ({ ports }, body: unknown) => {
    // a port cannot cross the context bridge; a message of the window can carry it
    window.postMessage({ type, body } satisfies BridgeMessage, location.origin, ports);
  });
}
