import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createSampleWorkspace } from '../../main/engine/create-sample-workspace.ts';
import { OPENED_TOKEN_LIFE_MS } from '../../shared/limits.ts';
import { launchBrowser } from '../support/browser.ts';
import { SMALL_SAMPLE, startSampleHost } from '../support/sample-host.ts';
import { ChromiumPage } from './chromium-page.ts';
import { type LoadedShell, loadReadyShell, newDataDir } from './load-shell.ts';
import { PagePlayer } from './page.ts';

// Everything that ships, together: the built shell forks the built engine and query; the built preload hands their ports
// to the built page, which the shell's own protocol handler serves under the shipped policy. Electron alone is played.

let browser: Browser;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  complaints = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.exposeFunction('noteViolation', (text: string) => complaints.push(text));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      (Reflect.get(window, 'noteViolation') as (text: string) => void)(`${violatedDirective} ${blockedURI}`);
    });
  });
});

async function openShell(): Promise<LoadedShell> {
  const dataDir = newDataDir();
  const store = await createSampleWorkspace({ dataDir, seed: 1, ...SMALL_SAMPLE });
  store.close();
  const shell = await loadReadyShell({ dataDir, processes: 'node' });
  const serve = shell.double.protocolHandlers.get('tidemark');
  if (serve === undefined) throw new Error('nobody serves the page');
  await ChromiumPage.open(page, { serve, player: new PagePlayer(shell.double) });
  return shell;
}

const SETTLED_MS = 1_000;

/** The words of the view, once it has them all: nothing is being read, and nothing has changed for a while. */
async function wordsOf(view: Page): Promise<string> {
  const main = view.getByRole('main');
  await main.getByText('All practices').first().waitFor();
  for (let words = await main.innerText(); ;) {
    await view.waitForTimeout(SETTLED_MS);
    const next = await main.innerText();
    if (next === words && !next.includes('Reading…')) return words;
    words = next;
  }
}

test('the workbench shows in Electron what it shows in a browser, without a word of complaint', async () => {
  const host = await startSampleHost();
  await host.client.call('command.sync.run', {});
  const other = await browser.newPage({ viewport: { width: 1_440, height: 900 } });
  await other.goto(host.freshLink(OPENED_TOKEN_LIFE_MS));
  const expected = await wordsOf(other);
  await other.close();
  await host.stop();

  await openShell();
  await expect.poll(() => wordsOf(page), { timeout: 30_000 }).toBe(expected);
  expect(expected).toMatch(/Capture rate\s+\d\d\.\d%/);
  expect(complaints).toEqual([]);
});

test('a page that is loaded again gets links again', async () => {
  await openShell();
  const before = await wordsOf(page);
  await page.reload();
  await expect.poll(() => wordsOf(page), { timeout: 30_000 }).toBe(before);
});

test('a killed query process is replaced, and the page goes on by itself', async () => {
  const { double } = await openShell();
  await wordsOf(page);
  const pid = double.processes[1]?.pid;
  if (pid === undefined) throw new Error('no query process');
  process.kill(pid, 'SIGKILL');
  await expect.poll(() => double.processes.length).toBe(3);
  const before = await wordsOf(page);
  await page.getByRole('button', { name: 'Practice: all' }).click();
  await page.getByRole('dialog').getByText('Box breathing').click();
  await page.keyboard.press('Escape');
  await expect.poll(() => wordsOf(page), { timeout: 30_000 }).not.toBe(before);
  expect(await wordsOf(page)).not.toContain('failed');
});
