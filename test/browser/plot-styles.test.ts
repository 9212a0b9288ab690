import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { build } from 'vite';
import { contentSecurityPolicy } from '../../shared/csp.ts';
import { launchBrowser } from '../support/browser.ts';

const HTML =
  '<!doctype html><title>Plot under the policy</title><script type="module" src="/page.js"></script>';

let browser: Browser;
let server: Server;
let address: string;

beforeAll(async () => {
  const script = await bundle(path.join(import.meta.dirname, '../support/plot-page.js'));
  server = createServer((request, response) => {
    const isScript = request.url === '/page.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.setHeader('content-security-policy', contentSecurityPolicy());
    response.end(isScript ? script : HTML);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser.close();
  server.close();
});

/** Opens the page, draws one kind of figure, and returns what the policy blocked. */
async function blockedBy(figure: string): Promise<string[]> {
  const page = await browser.newPage();
  try {
    await page.goto(`${address}?${figure}`);
    await page.locator('body[data-drawn]').waitFor();
    return JSON.parse((await page.locator('body').getAttribute('data-blocked')) ?? 'null') as string[];
  } finally {
    await page.close();
  }
}

test.each(['plot', 'ramp', 'swatches', 'columns'])('the policy lets Plot style its %s', async (figure) => {
  expect(await blockedBy(figure)).toEqual([]);
});

test('it blocks the style of a figure with a class name of its own', async () => {
  expect(await blockedBy('renamed')).toEqual(['style-src-elem']);
});

async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, modulePreload: { polyfill: false }, rolldownOptions: { input: entry } },
  });
  const [output] = [built].flat();
  if (output === undefined || !('output' in output)) throw new Error('nothing was built');
  return output.output[0].code;
}
