// Runs inside Chromium before any script of the page: plays Electron's side of a sandboxed preload, then runs the built
// preload in it. `__playShell` is the way to the test; it takes and gives plain data.

/** @typedef {{ kind: string, channel?: string, args?: unknown[], body?: unknown, ports?: number[], port?: number,
 *   data?: unknown }} Played */

/** What a sandboxed preload may require (Electron's "Process Sandboxing"). */
const ALLOWED_MODULES = new Set([
  'electron',
  'events',
  'timers',
  'url',
  'node:events',
  'node:timers',
  'node:url',
]);

/** @param {(require: (name: string) => unknown, module: { exports: object }, exports: object) => void} preload */
export function playPreload(preload) {
  const tell = /** @type {(message: Played) => Promise<unknown>} */ (Reflect.get(window, '__playShell'));
  /** @type {Map<string, (event: { ports: MessagePort[] }, body: unknown) => void>} */
  const listeners = new Map();
  /** @type {Map<number, MessagePort>} */
  const outerPorts = new Map();

  const ipcRenderer = {
    /** @param {string} channel @param {(event: { ports: MessagePort[] }, body: unknown) => void} listener */
    on(channel, listener) {
      void tell({ kind: 'on', channel });
      listeners.set(channel, listener);
    },
    /** @param {string} channel @param {unknown[]} args */
    send(channel, ...args) {
      void tell({ kind: 'send', channel, args });
    },
    /** @param {string} channel @param {unknown[]} args */
    invoke: (channel, ...args) => tell({ kind: 'invoke', channel, args }),
  };
  const contextBridge = {
    /** @param {string} name @param {Record<string, unknown>} api */
    exposeInMainWorld(name, api) {
      const value = Object.freeze(
        Object.fromEntries(Object.entries(api).map(([key, member]) => [key, across(member)])),
      );
      Object.defineProperty(window, name, { value, writable: false, configurable: false, enumerable: true });
    },
  };
  /** @param {string} name */
  const require = (name) => {
    if (!ALLOWED_MODULES.has(name)) throw new Error(`module not found: ${name}`);
    void tell({ kind: 'require', channel: name });
    return name === 'electron' ? { contextBridge, ipcRenderer } : {};
  };
  Object.defineProperty(window, '__fromShell', { value: fromShell });
  void tell({ kind: 'document' });
  const module = { exports: {} };
  preload(require, module, module.exports);

  /** Only functions and plain values cross the bridge, and arguments are copied. @param {unknown} member */
  function across(member) {
    if (typeof member !== 'function') return structuredClone(member);
    return (/** @type {unknown[]} */ ...args) => member(...structuredClone(args));
  }

  /** @param {Played} message */
  function fromShell({ kind, channel = '', body, ports = [], port = 0, data }) {
    if (kind === 'message') listeners.get(channel)?.({ ports: ports.map(openPort) }, body);
    else if (kind === 'port') outerPorts.get(port)?.postMessage(decode(data));
    else outerPorts.get(port)?.close();
  }

  /** @param {number} id */
  function openPort(id) {
    const { port1, port2 } = new MessageChannel();
    outerPorts.set(id, port2);
    port2.addEventListener(
      'message',
      ({ data }) => void tell({ kind: 'port', port: id, data: encode(data) }),
    );
    port2.addEventListener('close', () => void tell({ kind: 'port-closed', port: id }));
    port2.start();
    return port1;
  }

  /** The way to the test carries JSON. @param {{ bin?: Uint8Array }} message */
  function encode(message) {
    if (message.bin === undefined) return message;
    return { ...message, bin: btoa(Array.from(message.bin, (byte) => String.fromCharCode(byte)).join('')) };
  }

  /** @param {any} message */
  function decode(message) {
    if (typeof message.bin !== 'string') return message;
    return { ...message, bin: Uint8Array.from(atob(message.bin), (char) => char.charCodeAt(0)) };
  }
}
