import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findElectronBinary } from '../../main/electron-binary.ts';
import { createSampleWorkspace } from '../../main/engine/create-sample-workspace.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { NEEDS_ELECTRON_BINARY } from '../support/skip-reasons.ts';

// What only real Electron can prove of HOSTS §4. Without its binary every test here reports itself as skipped.

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const binary = findElectronBinary(root, process.env);
/** Chromium refuses to run its sandbox as root; what depends on it is not proved there. */
const SWITCHES = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

let folder: string;
let app: ElectronApplication | undefined;

beforeEach((context) => {
  if (binary === null) context.skip(NEEDS_ELECTRON_BINARY);
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-electron-'));
});
afterEach(async () => {
  await app?.close();
  app = undefined;
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

const argsFor = (dataDir: string, ...more: string[]): string[] => [
  ...SWITCHES,
  root,
  '--data-dir',
  dataDir,
  ...more,
];

/** Starts the app on a small sample and waits for its page. `executablePath` is always given: Playwright would otherwise
 *  ask the npm package, which starts a download. */
async function start(...more: string[]): Promise<{ app: ElectronApplication; page: Page; dataDir: string }> {
  if (binary === null) throw new Error(NEEDS_ELECTRON_BINARY);
  const dataDir = path.join(folder, 'data');
  (await createSampleWorkspace({ dataDir, seed: 1, ...SMALL_SAMPLE })).close();
  app = await _electron.launch({ executablePath: binary, args: argsFor(dataDir, ...more) });
  const page = await app.firstWindow();
  await page.getByRole('main').getByText('All practices').first().waitFor();
  return { app, page, dataDir };
}

test('§4.1 the window runs with the settings it was given', async () => {
  const { app: electron, page } = await start();
  const preferences = await electron.evaluate(({ webContents }) => {
    const [contents] = webContents.getAllWebContents();
    return (
      contents as unknown as { getLastWebPreferences: () => Record<string, unknown> }
    ).getLastWebPreferences();
  });
  expect(preferences).toMatchObject({
    contextIsolation: true,
    sandbox: true,
    webSecurity: true,
    nodeIntegration: false,
    webviewTag: false,
  });
  expect(
    await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in window)),
  ).toEqual([]);
  expect(await page.evaluate(() => Object.keys(Reflect.get(window, 'tidemark') as object))).toEqual([
    'kind',
    'connect',
    'shell',
  ]);
});

test('§4.2 the page has an origin of its own and cannot read beside its folder', async () => {
  const { page } = await start();
  expect(await page.evaluate(() => ({ href: location.origin, secure: isSecureContext }))).toEqual({
    href: 'tidemark://app',
    secure: true,
  });
  const statusOf = (target: string) => page.evaluate(async (url) => (await fetch(url)).status, target);
  expect(await statusOf('/index.html')).toBe(200);
  expect(await statusOf('/%2e%2e%2fmain/electron.mjs')).toBe(404);
});

test('§4.4 the page stays where it is and opens nothing', async () => {
  const { app: electron, page } = await start();
  await page.evaluate(() => location.assign('https://example.com/'));
  await page.waitForTimeout(500);
  expect(page.url()).toMatch(/^tidemark:\/\/app\//);
  expect(await page.evaluate(() => window.open('https://example.com/') === null)).toBe(true);
  expect(electron.windows()).toHaveLength(1);
});

test('§4.6 the page may copy and nothing else', async () => {
  const { page } = await start();
  const stateOf = (name: string) =>
    page.evaluate(
      async (wanted) => (await navigator.permissions.query({ name: wanted as PermissionName })).state,
      name,
    );
  expect(await stateOf('geolocation')).toBe('denied');
  expect(await stateOf('notifications')).toBe('denied');
  await page.evaluate(() => navigator.clipboard.writeText('copied'));
});

test('§4.7 a whole visit passes without a word of complaint', async () => {
  const { page } = await start();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  await page.reload();
  await page.getByRole('main').getByText('All practices').first().waitFor();
  expect(complaints).toEqual([]);
});

test('§4.13 a second start ends at once, and its deep link reaches the first one', async () => {
  const { page, dataDir } = await start();
  const proposal = page.evaluate(
    () =>
      new Promise((resolve) =>
        addEventListener('message', ({ data }: MessageEvent<{ type?: string; body?: unknown }>) => {
          if (data.type === 'tidemark:proposal') resolve(data.body);
        }),
      ),
  );
  if (binary === null) throw new Error(NEEDS_ELECTRON_BINARY);
  await run(binary, argsFor(dataDir, 'tidemark-open:practice/night-shift'));
  expect(await proposal).toEqual({ kind: 'practice', id: 'night-shift' });
});

test('a killed query process is replaced, and the page goes on by itself', async () => {
  const { app: electron, page } = await start();
  const pids = () =>
    electron.evaluate(({ app: shell }) =>
      shell
        .getAppMetrics()
        .filter(({ name }) => name === 'Tidemark query')
        .map(({ pid }) => pid),
    );
  const [before] = await pids();
  if (before === undefined) throw new Error('no query process');
  process.kill(before, 'SIGKILL');
  await expect.poll(pids).not.toContain(before);
  await page.getByRole('button', { name: 'Practice: all' }).click();
  await page.getByRole('dialog').getByText('Box breathing').click();
  await expect.poll(() => page.getByRole('main').innerText()).not.toContain('Reading…');
  expect(await page.getByRole('main').innerText()).not.toContain('failed');
});

test('closing the window ends everything and frees the folder', async () => {
  const { app: electron, dataDir } = await start();
  expect(existsSync(path.join(dataDir, 'workspace.lock'))).toBe(true);
  await electron.close();
  app = undefined;
  expect(existsSync(path.join(dataDir, 'workspace.lock'))).toBe(false);
});
