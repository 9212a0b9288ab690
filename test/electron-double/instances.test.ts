import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { startServerHost } from '../../main/hosts/server/server-host.ts';
import { acquireLock } from '../../main/lock.ts';
import { openLog } from '../../main/log.ts';
import { createNodeForker } from '../../main/supervisor/forks.ts';
import { SHELL_CHANNELS } from '../../shared/shell-channels.ts';
import type { ElectronDouble } from './double/electron-double.ts';
import { loadReadyShell, loadShell, newDataDir } from './load-shell.ts';
import { PagePlayer } from './page.ts';

const PROPOSED = 'tidemark-open://practice/night-shift';

/** What the page was asked to propose to the user. */
const proposals = (page: PagePlayer): unknown[] =>
  page.received.filter(({ channel }) => channel === SHELL_CHANNELS.proposal).map(({ body }) => body);

const secondStart = ({ app }: ElectronDouble, ...argv: string[]): boolean =>
  app.emit('second-instance', {}, ['/opt/tidemark/tidemark', ...argv], '/', null);

test('§4.13 the lock is asked for before ready, on a profile inside the data folder', () => {
  const { double, dataDir } = loadShell();
  expect(double.recorder.isReady).toBe(false);
  expect(double.recorder.has('app.requestSingleInstanceLock')).toBe(true);
  expect(double.app.paths.get('userData')).toBe(path.join(dataDir, 'electron'));
});

test('§4.13 a second start ends at once and touches nothing', async () => {
  const { double, dataDir } = await loadReadyShell({ isFirstInstance: false });
  expect(double.app.exitCode).toBe(0);
  expect(double.windows).toEqual([]);
  expect(double.processes).toEqual([]);
  expect(readdirSync(dataDir)).toEqual(['electron']);
});

test('§4.13 the first one comes to the front', async () => {
  const { double } = await loadReadyShell();
  const [window] = double.windows;
  if (window === undefined) throw new Error('no window');
  window.isMinimizedNow = true;
  secondStart(double);
  expect({ minimized: window.isMinimizedNow, shown: window.isShown, focused: window.focusCount }).toEqual({
    minimized: false,
    shown: true,
    focused: 1,
  });
  expect(double.windows).toHaveLength(1);
});

test('a folder that a command holds is named, and left alone', async () => {
  const dataDir = newDataDir();
  const lock = acquireLock(dataDir, 'command');
  const { double } = await loadReadyShell({ dataDir });
  await expect.poll(() => double.app.exitCode).toBe(3);
  expect(double.recorder.of('dialog.showErrorBox')).toEqual([
    ['Tidemark cannot start', `${dataDir} is open in process ${process.pid} (a command)`],
  ]);
  expect(double.processes).toEqual([]);
  lock.release();
});

test('a folder that the server host holds comes with its address and a link that works', async () => {
  const dataDir = newDataDir();
  const lock = acquireLock(dataDir, 'server');
  const entry = path.join(import.meta.dirname, '../contract/child-entry.ts');
  const host = await startServerHost({
    dataDir,
    port: 0,
    listenAddress: '127.0.0.1',
    tls: null,
    allowedHosts: [],
    app: 'tidemark test',
    rendererDir: dataDir,
    fork: createNodeForker({ entries: { engine: entry, query: entry } }),
    log: openLog(dataDir),
    controlSecret: lock.holder.secret,
  });
  lock.setAddress(host.address);
  const { double } = await loadReadyShell({ dataDir });
  await expect.poll(() => double.app.exitCode).toBe(3);
  const [[, message] = []] = double.recorder.of('dialog.showErrorBox');
  expect(message).toContain(`the server host at ${host.address}`);
  const link = /Open (http:\S+)$/.exec(String(message))?.[1] ?? '';
  expect((await fetch(link)).status).toBe(200);
  expect(double.processes).toEqual([]);
  await host.stop();
  lock.release();
});

test('a data folder that cannot be made is named', async () => {
  const file = path.join(newDataDir(), 'file');
  writeFileSync(file, '');
  const { double } = await loadReadyShell({ dataDir: path.join(file, 'folder') });
  expect(double.recorder.of('dialog.showErrorBox')).toEqual([
    ['Tidemark cannot start', `${path.join(file, 'folder')} cannot be written`],
  ]);
  expect(double.app.exitCode).toBe(1);
});

test('ending frees the folder after both processes have ended', async () => {
  const { double, dataDir } = await loadReadyShell();
  expect(readdirSync(dataDir)).toContain('workspace.lock');
  const exited = new Promise((resolve) => double.app.once('exited', resolve));
  double.app.emit('window-all-closed');
  expect(double.app.exitCode).toBeUndefined();
  await exited;
  expect(double.app.exitCode).toBe(0);
  expect(readdirSync(dataDir)).not.toContain('workspace.lock');
});

test('§4.12 a deep link proposes by command line, open-url and second start alike', async () => {
  const { double } = await loadReadyShell({ argv: [PROPOSED] });
  const page = new PagePlayer(double);
  expect(proposals(page)).toEqual([]); // no page is there to ask
  page.connect(['shell']);
  secondStart(double, '--flag', 'tidemark-open:view/abc');
  let isPrevented = false;
  double.app.emit('open-url', { preventDefault: () => (isPrevented = true) }, 'tidemark-open:master/m-7');
  expect(isPrevented).toBe(true);
  expect(proposals(page)).toEqual([
    { kind: 'practice', id: 'night-shift' },
    { kind: 'view', id: 'abc' },
    { kind: 'master', id: 'm-7' },
  ]);
});

test('§4.12 a link that comes while the page loads again waits for it; the newest counts', async () => {
  const { double } = await loadReadyShell();
  const page = new PagePlayer(double);
  page.connect(['shell']);
  page.contents.emit('did-start-loading');
  secondStart(double, 'tidemark-open:view/old');
  secondStart(double, 'tidemark-open:view/new');
  expect(proposals(page)).toEqual([]);
  page.connect(['shell']);
  expect(proposals(page)).toEqual([{ kind: 'view', id: 'new' }]);
});

test('§4.12 what was proposed once is not proposed again when the page is loaded again', async () => {
  const { double } = await loadReadyShell({ argv: [PROPOSED] });
  const page = new PagePlayer(double);
  for (const round of ['first', 'second']) {
    page.contents.emit('did-start-loading');
    page.connect(['shell']);
    if (round === 'first') secondStart(double, 'tidemark-open:view/abc');
  }
  expect(proposals(page)).toHaveLength(2);
});

test.each([
  'tidemark-open:run/abc',
  'tidemark-open:view/../../etc',
  'tidemark-open:view/ABC',
  'tidemark-open:view/a?connect=1',
  `tidemark-open:view/${'a'.repeat(65)}`,
  `tidemark-open:view/a${'/'.repeat(600)}`,
  'tidemark://app/view/abc',
  'https://tidemark-open:view/abc',
])('§4.12 "%s" proposes nothing, by any way', async (link) => {
  const { double } = await loadReadyShell({ argv: [link] });
  const page = new PagePlayer(double);
  page.connect(['shell']);
  secondStart(double, link);
  double.app.emit('open-url', { preventDefault: () => undefined }, link);
  expect(proposals(page)).toEqual([]);
});

test('§4.12 a deep link runs, connects and writes nothing', async () => {
  const { double, dataDir } = await loadReadyShell({ argv: [PROPOSED] });
  const page = new PagePlayer(double);
  page.connect(['shell']);
  const before = { calls: double.recorder.calls.length, files: readdirSync(dataDir) };
  secondStart(double, PROPOSED);
  expect({ calls: double.recorder.calls.length, files: readdirSync(dataDir) }).toEqual(before);
  for (const process of double.processes) {
    if ('told' in process) expect(process.told.map(({ message }) => message)).toMatchObject([{ c: 'start' }]);
  }
});

test('§4.12 only an installed app takes the scheme from the system', async () => {
  const installed = await loadReadyShell({ isPackaged: true });
  expect(installed.double.recorder.of('app.setAsDefaultProtocolClient')).toEqual([['tidemark-open']]);
  const unpackaged = await loadReadyShell();
  expect(unpackaged.double.recorder.has('app.setAsDefaultProtocolClient')).toBe(false);
});

test('§4.23 crash reports stay here', () => {
  const { double } = loadShell();
  expect(double.recorder.of('crashReporter.start')).toEqual([[{ uploadToServer: false }]]);
});

test('§4.23 the log is for its owner alone and says no secret', async () => {
  const { double, dataDir } = await loadReadyShell();
  const [engine] = double.processes;
  const secret = 'A'.repeat(43);
  engine?.emit('message', {
    c: 'log',
    entry: { level: 'error', event: 'fault', fields: { text: `token=${secret} mailto ada@example.com` } },
  });
  const file = path.join(dataDir, 'logs/tidemark.log');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('fault');
  expect(text).not.toContain(secret);
  expect(text).not.toContain('ada@example.com');
});
