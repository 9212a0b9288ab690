import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { afterAll, beforeAll, expect, test, type TestContext } from 'vitest';
import { createSampleWorkspace } from '../../main/engine/create-sample-workspace.ts';
import { findElectronBinary } from '../../main/electron-binary.ts';
import { appPaths } from '../../main/paths.ts';
import { SMALL_SAMPLE } from '../support/sample-host.ts';
import { NEEDS_ELECTRON_BINARY } from '../support/skip-reasons.ts';

const { root } = appPaths();
const binary = findElectronBinary(root, process.env);

let folder: string;
let running: { app: ElectronApplication; page: Page } | undefined;

beforeAll(async () => {
  if (binary === null) return;
  folder = mkdtempSync(path.join(tmpdir(), 'tidemark-electron-'));
  const dataDir = path.join(folder, 'data');
  const store = await createSampleWorkspace({ dataDir, seed: 1, ...SMALL_SAMPLE });
  store.close();
  // the path is always given: without it Playwright would ask the package, which downloads
  const app = await _electron.launch({
    executablePath: binary,
    args: [...asRoot(), root, '--data-dir', dataDir],
  });
  running = { app, page: await app.firstWindow() };
});

afterAll(async () => {
  await running?.app.close();
  if (running !== undefined) rmSync(folder, { recursive: true, force: true });
});

/** Chromium refuses its sandbox to root; the window's own settings are asked for all the same. */
const asRoot = (): string[] => (process.getuid?.() === 0 ? ['--no-sandbox'] : []);

function started(context: TestContext): NonNullable<typeof running> {
  if (binary === null) context.skip(NEEDS_ELECTRON_BINARY);
  if (running === undefined) throw new Error('Electron did not start');
  return running;
}

test('shows the Practices view of the sample', async (context) => {
  const { page } = started(context);
  await page.getByText('Capture rate').first().waitFor();
  expect(page.url()).toMatch(/^tidemark:\/\/app\//);
});

test('gives the page no Node', async (context) => {
  const { page } = started(context);
  expect(await page.evaluate(() => [typeof globalThis.process, typeof globalThis.require])).toEqual([
    'undefined',
    'undefined',
  ]);
});

test('keeps sandbox, isolation and web security on', async (context) => {
  const { app } = started(context);
  const settings = await app.evaluate(({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    const contents = window?.webContents as unknown as {
      getLastWebPreferences: () => Record<string, unknown>;
    };
    const { sandbox, contextIsolation, webSecurity, nodeIntegration } = contents.getLastWebPreferences();
    return { sandbox, contextIsolation, webSecurity, nodeIntegration };
  });
  expect(settings).toEqual({
    sandbox: true,
    contextIsolation: true,
    webSecurity: true,
    nodeIntegration: false,
  });
});

test('leaves a page that is not ours unopened', async (context) => {
  const { page } = started(context);
  const before = page.url();
  await page.evaluate(() => {
    window.location.href = 'https://example.com/';
  });
  await page.waitForTimeout(500);
  expect(page.url()).toBe(before);
});
