import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openBrowser } from '../../main/hosts/server/open-browser.ts';
import { OPENED_TOKEN_LIFE_MS } from '../../shared/limits.ts';
import { launchBrowser } from '../support/browser.ts';
import { type SampleHost, startSampleHost } from '../support/sample-host.ts';

// What only a browser can prove of HOSTS §4, lines 7, 17, 18 and 22, on the real server host with the real interface.

let host: SampleHost;
let browser: Browser;
let context: BrowserContext;
let page: Page;

beforeAll(async () => {
  [host, browser] = await Promise.all([startSampleHost(), launchBrowser()]);
  await host.client.call('command.sync.run', {});
});
afterAll(async () => {
  await browser.close();
  await host.stop();
});
beforeEach(async () => {
  context = await browser.newContext();
  page = await context.newPage();
});
afterEach(() => context.close());

/** A login each, below the ten a minute. */
async function openWorkbench(): Promise<void> {
  await page.goto(host.freshLink(OPENED_TOKEN_LIFE_MS));
  await page.waitForURL(`${host.address}/**`);
  await page.getByText('Completed sessions').first().waitFor();
}

/** Everything the browser complains about, from before the page's first line on. */
async function collectComplaints(): Promise<() => Promise<string[]>> {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()))
      complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  await page.exposeFunction('noteViolation', (text: string) => complaints.push(`violation: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      (globalThis as unknown as { noteViolation: (text: string) => void }).noteViolation(
        `${event.violatedDirective} ${event.blockedURI}`,
      );
    });
  });
  return async () => {
    await page.waitForTimeout(300); // reports come in tasks of their own
    return complaints;
  };
}

describe('line 7: under its own policy', () => {
  it('the workbench draws its view without a violation or a complaint', async () => {
    const complaints = await collectComplaints();
    await openWorkbench();
    await page.locator('svg').nth(1).waitFor();
    await page.waitForLoadState('networkidle');
    expect(await complaints()).toEqual([]);
  });

  it('the page can neither compile text, nor add a script, nor reach another server', async () => {
    const complaints = await collectComplaints();
    await openWorkbench();
    // in a task of the page: what the driver runs directly is exempt from the rule on eval
    const outcomes = await page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const attempts: (() => void)[] = [
            () => {
              // eslint-disable-next-line @typescript-eslint/no-implied-eval -- that it is refused is the point
              new Function('return 1');
            },
            () => {
              (0, eval)('1');
            },
            () => {
              document.body.innerHTML = '<img src=x onerror=alert(1)>';
            },
            () => {
              const script = document.createElement('script');
              script.textContent = 'globalThis.injected = true';
              document.body.append(script);
            },
            () => {
              const script = document.createElement('script');
              script.src = 'https://cdn.example/x.js';
              document.body.append(script);
            },
          ];
          setTimeout(() => {
            resolve(
              attempts.map((attempt) => {
                try {
                  attempt();
                  return 'done';
                } catch {
                  return 'refused';
                }
              }),
            );
          });
        }),
    );
    expect(outcomes).toEqual(['refused', 'refused', 'refused', 'refused', 'refused']);
    const reached = await page.evaluate(() =>
      fetch('https://example.com/').then(
        () => true,
        () => false,
      ),
    );
    expect(reached).toBe(false);
    expect(await page.evaluate(() => 'injected' in globalThis)).toBe(false);
    expect((await complaints()).filter((each) => each.startsWith('violation')).length).toBeGreaterThan(0);
  });
});

describe('line 17: a hostile page on another port of this machine', () => {
  let hostile: Server;
  let hostilePage: string;
  beforeAll(async () => {
    hostile = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<!doctype html><title>hostile</title><body></body>`);
    });
    await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
    hostilePage = `http://127.0.0.1:${(hostile.address() as AddressInfo).port}/`;
  });
  afterAll(() => hostile.close());

  it('gets 403 for everything it asks for with the login of the user, and no socket', async () => {
    await openWorkbench();
    const attacker = await context.newPage();
    const outcomes: Record<string, string> = {};
    let sentCookie = false;
    attacker.on('response', (response) => {
      if (!response.url().startsWith(host.address)) return;
      outcomes[new URL(response.url()).pathname] = String(response.status());
      void response
        .request()
        .allHeaders()
        .then((headers) => (sentCookie ||= 'cookie' in headers));
    });
    attacker.on('requestfailed', (request) => {
      outcomes[new URL(request.url()).pathname] ??= request.failure()?.errorText ?? '';
    });
    await attacker.goto(hostilePage);
    const socket = await attacker.evaluate(async (target) => {
      const ended = (element: HTMLElement) =>
        new Promise((resolve) => {
          element.onload = resolve;
          element.onerror = resolve;
          document.body.append(element);
        });
      const frame = document.createElement('iframe');
      frame.src = `${target}/`;
      const image = document.createElement('img');
      image.src = `${target}/assets/icon.svg`;
      const script = document.createElement('script');
      script.src = `${target}/script.js`;
      await Promise.all([frame, image, script].map(ended));
      await fetch(`${target}/blob/00`, { credentials: 'include', mode: 'no-cors' }).catch(() => undefined);
      await fetch(`${target}/control/link`, {
        method: 'POST',
        credentials: 'include',
        mode: 'no-cors',
      }).catch(() => undefined);
      return new Promise<string>((resolve) => {
        const opened = new WebSocket(`${target.replace('http', 'ws')}/rpc`);
        opened.onopen = () => resolve('open');
        opened.onerror = () => resolve('refused');
      });
    }, host.address);
    expect(socket).toBe('refused');
    // an answer that is not for another origin is withheld before its status is seen
    const withheld = 'net::ERR_BLOCKED_BY_RESPONSE.NotSameOrigin';
    await expect
      .poll(() => outcomes, { timeout: 20_000 })
      .toEqual({
        '/': '403',
        '/assets/icon.svg': withheld,
        '/script.js': withheld,
        '/blob/00': withheld,
        '/control/link': withheld,
      });
    // the port is no part of a site: the Strict cookie did come along, and did not help
    await expect.poll(() => sentCookie, { timeout: 20_000 }).toBe(true);
  });

  it('cannot send the user into the workbench either', async () => {
    await openWorkbench();
    await page.goto(hostilePage);
    const [response] = await Promise.all([
      page.waitForResponse((each) => each.url() === `${host.address}/`),
      page.evaluate((target) => location.assign(target), `${host.address}/`),
    ]);
    expect(response.status()).toBe(403);
  });
});

describe('line 18: the login', () => {
  it('leads to the workbench from a link that is opened by hand', async () => {
    await openWorkbench();
    expect(page.url()).toMatch(new RegExp(`^${host.address}/(?!login)`));
    const [cookie] = await context.cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/', domain: '127.0.0.1' });
  });

  it('leads to the workbench from the file that the launcher writes for the browser', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'tidemark-open-'));
    const argumentsFile = path.join(folder, 'arguments');
    const standIn = path.join(folder, 'chromium');
    writeFileSync(
      standIn,
      `#!/bin/sh\nprintf '%s\\n' "$@" > '${argumentsFile}.new'\nmv '${argumentsFile}.new' '${argumentsFile}'\n`,
    );
    chmodSync(standIn, 0o755);
    const link = host.freshLink(OPENED_TOKEN_LIFE_MS);
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    expect(await openBrowser(link, { env, platform: 'linux', dataDir: folder })).toBe(true);
    const app = readFileSync(argumentsFile, 'utf8')
      .split('\n')
      .find((argument) => argument.startsWith('--app='));
    await page.goto(app?.slice('--app='.length) ?? '');
    await page.waitForURL(`${host.address}/**`);
    await page.getByText('Completed sessions').first().waitFor();
    rmSync(folder, { recursive: true });
  });

  it('lets a window that is logged in follow its used link again', async () => {
    const link = host.freshLink(OPENED_TOKEN_LIFE_MS);
    await page.goto(link);
    await page.waitForURL((url) => url.pathname === '/');
    await page.goto(link);
    await page.waitForURL((url) => url.pathname === '/');
    const stranger = await (await browser.newContext()).newPage();
    expect((await stranger.goto(link))?.status()).toBe(403);
    await stranger.context().close();
  });
});

describe('line 22: no remote code', () => {
  it('the workbench asks no other server for anything', async () => {
    const hosts = new Set<string>();
    page.on('request', (request) => {
      const { protocol, host: name } = new URL(request.url());
      if (protocol !== 'data:' && protocol !== 'blob:') hosts.add(name);
    });
    await openWorkbench();
    await page.waitForLoadState('networkidle');
    expect([...hosts]).toEqual([new URL(host.address).host]);
  });
});
