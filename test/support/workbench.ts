import type { Browser, BrowserContext, Page } from 'playwright';
import type { ServerHost } from '../../main/hosts/server/server-host.ts';
import type { TileId, ViewId } from '../../renderer/state/address.ts';
import { OPENED_TOKEN_LIFE_MS } from '../../shared/limits.ts';

export type Theme = 'light' | 'dark';

export interface Workbench {
  page: Page;
  /** What the browser complained of so far: console errors and warnings, uncaught errors, refusals of the policy. */
  complaints: string[];
  /** Goes to another address of the same view, `?locale=sv`, and waits for its answers. */
  go: (query: string) => Promise<void>;
  /** All questions of the view are answered and painted. */
  settled: () => Promise<void>;
  close: () => Promise<void>;
}

interface WorkbenchOptions {
  host: ServerHost;
  browser: Browser;
  theme?: Theme;
  width?: number;
  height?: number;
  /** Default: Practices. */
  view?: ViewId;
  query?: string;
  /** Runs before the page is loaded; then the answers are not waited for. */
  prepare?: (page: Page) => Promise<void>;
}

/** A window of its own on one view, logged in by a fresh link. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { host, browser, theme = 'light', width = 1440, height = 900, query = '', prepare } = options;
  const { view = 'practices' } = options;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    storageState: await loginOf(host, browser),
  });
  const page = await context.newPage();
  const complaints = await collectComplaints(page);
  await prepare?.(page);
  await page.goto(`${host.address}/#/${view}${query}`);
  await page.locator('.app').waitFor();
  const settled = () => waitForAnswers(page);
  const go = async (next: string) => {
    await page.goto(`${host.address}/#/${view}${next}`);
    await settled();
  };
  if (prepare === undefined) await settled();
  return { page, complaints, go, settled, close: () => context.close() };
}

type Login = Awaited<ReturnType<BrowserContext['storageState']>>;
const logins = new WeakMap<ServerHost, Promise<Login>>();

/** One login per host: the host allows ten a minute. */
function loginOf(host: ServerHost, browser: Browser): Promise<Login> {
  const known = logins.get(host) ?? logIn(host, browser);
  logins.set(host, known);
  return known;
}

async function logIn(host: ServerHost, browser: Browser): Promise<Login> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(host.freshLink(OPENED_TOKEN_LIFE_MS));
  await page.locator('.app').waitFor();
  const login = await context.storageState();
  await context.close();
  return login;
}

async function waitForAnswers(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const tiles = [...document.querySelectorAll('[data-tile]')];
    const isFound = document.querySelector('.page-finding[aria-busy="true"]') === null;
    return isFound && tiles.length > 0 && tiles.every((tile) => tile.getAttribute('aria-busy') === 'false');
  });
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => {
          requestAnimationFrame(() => {
            resolve();
          });
        });
      }),
  );
}

async function collectComplaints(page: Page): Promise<string[]> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      complaints.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  await page.exposeFunction('noteViolation', (text: string) => complaints.push(`violation: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const { noteViolation } = globalThis as unknown as { noteViolation: (text: string) => void };
      noteViolation(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  return complaints;
}

export type TwinRow = Record<string, string>;

/** The table twin of a tile: one record per row, by the keys of its columns; the total row last where there is one. */
export async function readTwin(page: Page, tile: TileId): Promise<TwinRow[]> {
  const figure = page.locator(`[data-tile="${tile}"]`);
  if ((await figure.getAttribute('data-mode')) === 'chart') {
    await figure.focus();
    await page.keyboard.press('t');
  }
  await figure.locator('.data-table').waitFor();
  return figure.evaluate((element) =>
    [...element.querySelectorAll('tbody tr, tfoot tr')].map((row) =>
      Object.fromEntries(
        [...row.querySelectorAll<HTMLElement>('[data-key]')].map((cell) => [
          cell.dataset['key'] ?? '',
          cell.textContent,
        ]),
      ),
    ),
  );
}

/** "7,146" → 7146. */
export const numberIn = (text: string | undefined): number => Number((text ?? '').replaceAll(',', ''));
