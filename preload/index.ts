import { contextBridge, ipcRenderer } from 'electron';
import { BRIDGE_NAME, SHELL_CHANNELS, type BridgeMessage, type ShellBridge } from '../shared/shell-channels.ts';

const bridge: ShellBridge = Object.freeze({
  kind: 'electron',
  connect: () => ipcRenderer.send(SHELL_CHANNELS.connect),
  shell: (command, argument) => ipcRenderer.invoke(SHELL_CHANNELS.command, command, argument),
});
contextBridge.exposeInMainWorld(BRIDGE_NAME, bridge);

ipcRenderer.on(SHELL_CHANNELS.link, ({ ports }, body) => {
  tellPage({ type: SHELL_CHANNELS.link, body }, ports);
});
ipcRenderer.on(SHELL_CHANNELS.proposal, (_event, body) => {
  tellPage({ type: SHELL_CHANNELS.proposal, body }, []);
});

/** A port cannot cross the context bridge; a message of the window can carry it. */
function tellPage(message: BridgeMessage, ports: MessagePort[]): void {
  window.postMessage(message, location.origin, ports);
}
