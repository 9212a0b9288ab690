import { afterEach, expect, test, vi } from 'vitest';
import type { ElectronDouble } from './double/electron-double.ts';
import { loadReadyShell, loadShell } from './load-shell.ts';

const BEFORE_READY = [
  'app.enableSandbox',
  'app.setPath',
  'crashReporter.start',
  'protocol.registerSchemesAsPrivileged',
  'app.requestSingleInstanceLock',
];

afterEach(() => void vi.restoreAllMocks());

/** HOSTS §4.1 of the one window that a shell opened. */
function expectSafeWindow({ windows }: ElectronDouble): void {
  expect(windows).toHaveLength(1);
  expect(windows[0]?.options.webPreferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    webSecurity: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    preload: expect.stringMatching(/dist\/preload\/index\.cjs$/) as string,
  });
}

test('§4.1 the window is sandboxed, isolated and without Node', async () => {
  const { double } = await loadReadyShell();
  expectSafeWindow(double);
  expect(double.recorder.of('BrowserWindow.loadURL')).toEqual([['tidemark://app/']]);
});

test.each([
  ['sandbox: true', 'sandbox: false'],
  ['contextIsolation: true', 'contextIsolation: false'],
  ['webSecurity: true', 'webSecurity: false'],
  ['nodeIntegration: false', 'nodeIntegration: true'],
  ['webviewTag: false', 'webviewTag: true'],
  ['navigateOnDragDrop: false', 'navigateOnDragDrop: true'],
])('§4.1 a bundle in which "%s" became "%s" is noticed', async (from, to) => {
  const { double } = await loadReadyShell({ mutate: (source) => source.replace(from, to) });
  expect(() => expectSafeWindow(double)).toThrow();
});

test('§4.1 sandbox, schemes and lock come before ready, in the tick in which the bundle is loaded', () => {
  const { double } = loadShell();
  expect(double.recorder.isReady).toBe(false);
  expect(double.recorder.order).toEqual(BEFORE_READY);
});

test('§4.1 an await at the top level of the bundle is noticed', () => {
  const mutate = (source: string): string => source.replace(/^runShell\(/m, 'await 0;\nrunShell(');
  expect(() => loadShell({ mutate })).toThrow(expect.objectContaining({ code: 'ERR_REQUIRE_ASYNC_MODULE' }));
});

test('§4.1 a start that is put off is noticed', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const mutate = (source: string): string =>
    source.replace(/^(runShell\(\{[^}]*\}\));/m, 'setImmediate(() => $1);');
  const { double } = await loadReadyShell({ mutate });
  expect(double.recorder.of('dialog.showErrorBox')).toHaveLength(1);
  expect(double.app.exitCode).toBe(1);
});

test('§4.1 the page is guarded and served before it is loaded', async () => {
  const { double } = await loadReadyShell();
  const { order } = double.recorder;
  const at = (member: string): number => order.indexOf(member);
  for (const earlier of [
    'session.setPermissionRequestHandler',
    'session.setPermissionCheckHandler',
    'session.setDevicePermissionHandler',
    'protocol.handle',
    'Menu.setApplicationMenu',
    'ipcMain.handle',
  ]) {
    expect(at(earlier), earlier).toBeGreaterThan(-1);
    expect(at(earlier), earlier).toBeLessThan(at('BrowserWindow'));
  }
});

test('the window shows itself once painted, and opens again after it was closed', async () => {
  const { double } = await loadReadyShell();
  const [window] = double.windows;
  expect(window?.isShown).toBe(false);
  window?.emit('ready-to-show');
  expect(window?.isShown).toBe(true);
  window?.emit('closed');
  double.app.emit('activate', {}, false);
  expect(double.windows).toHaveLength(2);
});

test('a page that crashed is loaded again, but not for ever', async () => {
  const { double } = await loadReadyShell();
  const contents = double.windows[0]?.webContents;
  contents?.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
  contents?.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 });
  expect(contents?.reloads).toBe(1);
});

test('the shell loads neither native code nor the server', () => {
  const { imports } = loadShell();
  const outside = [...imports].filter((name) => !name.startsWith('node:') && !name.startsWith('file:'));
  expect(outside).toEqual(['electron']);
});
