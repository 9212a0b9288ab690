import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAppProtocol } from '../../main/hosts/electron/protocol.ts';
import { SHELL_CHANNELS } from '../../shared/shell-channels.ts';
import { launchBrowser } from '../support/browser.ts';
import { ChromiumPage, type ShellSide } from './chromium-page.ts';
import { MessageChannelDouble } from './double/ports.ts';

/** Looks around in the page's own task, under the policy, and leaves what it saw where a test can read it. */
const PROBE = `
const show = (name, value) => document.body.setAttribute('data-' + name, JSON.stringify(value));
const bridge = window.tidemark;
addEventListener('securitypolicyviolation', ({ effectiveDirective }) => show('violation', effectiveDirective));
show('keys', Object.keys(bridge).map((key) => [key, typeof bridge[key]]));
show('frozen', Object.isFrozen(bridge));
show('kind', bridge.kind);
const attempt = (change) => { try { change(); return 'done'; } catch (error) { return error.name; } };
show('changes', [
  attempt(() => { bridge.kind = 'server'; }),
  attempt(() => { bridge.more = 1; }),
  attempt(() => { delete bridge.shell; }),
  attempt(() => { window.tidemark = {}; }),
  attempt(() => { delete window.tidemark; }),
]);
show('leaks', ['require', 'module', 'exports', 'process', 'Buffer', 'global', 'electron', 'ipcRenderer'].filter((name) => name in window));
show('returns', [typeof bridge.connect('query')]);
const heard = [];
addEventListener('message', ({ data, ports, source, origin }) => {
  heard.push({ data, ports: ports.length, own: source === window, origin: origin === location.origin });
  show('heard', heard);
  for (const port of ports) {
    port.onmessage = ({ data: said }) => {
      show('said', { frame: said.frame, bytes: [...said.bin] });
      port.postMessage({ frame: { t: 'pong' }, bin: new Uint8Array([3, 2, 1]) });
    };
  }
});
show('ready', true);
`;

let rendererDir: string;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  rendererDir = mkdtempSync(path.join(tmpdir(), 'tidemark-preload-'));
  writeFileSync(
    path.join(rendererDir, 'index.html'),
    '<!doctype html><body><script type="module" src="/probe.js"></script>',
  );
  writeFileSync(path.join(rendererDir, 'probe.js'), PROBE);
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  rmSync(rendererDir, { recursive: true });
});
beforeEach(async () => {
  page = await browser.newPage();
});
afterEach(() => page.close());

const open = (side: Partial<ShellSide> = {}): Promise<ChromiumPage> =>
  ChromiumPage.open(page, { serve: createAppProtocol(rendererDir), ...side });

async function shown(name: string): Promise<unknown> {
  await page.locator(`body[data-${name}]`).waitFor({ state: 'attached' });
  return JSON.parse((await page.locator('body').getAttribute(`data-${name}`)) ?? 'null');
}

test('§4.9 the page sees one frozen object of three members, and can change nothing of it', async () => {
  await open();
  await shown('ready');
  expect(await shown('keys')).toEqual([
    ['kind', 'string'],
    ['connect', 'function'],
    ['shell', 'function'],
  ]);
  expect(await shown('kind')).toBe('electron');
  expect(await shown('frozen')).toBe(true);
  expect(await shown('changes')).toEqual(Array<string>(5).fill('TypeError'));
  expect(await shown('returns')).toEqual(['undefined']);
});

test('§4.9 neither Node nor ipcRenderer nor any other Electron object is in reach', async () => {
  await open();
  expect(await shown('leaks')).toEqual([]);
});

test('§4.9 the preload needs no module but electron', async () => {
  const { played } = await open();
  await shown('ready');
  expect(played.filter(({ kind }) => kind === 'require').map(({ channel }) => channel)).toEqual(['electron']);
});

test('§4.9 a preload that needs what a sandbox lacks does not run', async () => {
  const failed = page.waitForEvent('pageerror');
  await open({ mutatePreload: (source) => `require('node:fs');${source}` }).catch(() => undefined);
  expect((await failed).message).toContain('module not found: node:fs');
});

test('§4.10 preload and shell use the channels of the shared list, all and no other', async () => {
  const { played } = await open();
  await shown('ready');
  const used = (kind: string): unknown[] =>
    played.filter((each) => each.kind === kind).map(({ channel }) => channel);
  expect(used('on').sort()).toEqual(
    [SHELL_CHANNELS.link, SHELL_CHANNELS.lost, SHELL_CHANNELS.proposal].sort(),
  );
  expect(used('send')).toEqual([SHELL_CHANNELS.connect]);
  const fromShell = [SHELL_CHANNELS.command, SHELL_CHANNELS.connect]; // proved in shell-api.test.ts
  expect([...used('on'), ...fromShell].sort()).toEqual(Object.values(SHELL_CHANNELS).sort());
});

test('§4.9 a port reaches the page as a message of its own window, with nothing of the event beside it', async () => {
  const opened = await open();
  await shown('ready');
  const { port1, port2 } = new MessageChannelDouble();
  const answer = new Promise((resolve) =>
    port1.on('message', ({ data }: { data: unknown }) => resolve(data)),
  );
  port1.start();
  opened.send({ channel: SHELL_CHANNELS.link, body: { role: 'query' }, ports: [port2] });
  expect(await shown('heard')).toEqual([
    { data: { type: SHELL_CHANNELS.link, body: { role: 'query' } }, ports: 1, own: true, origin: true },
  ]);
  port1.postMessage({ frame: { t: 'ping' }, bin: new Uint8Array([1, 2, 3]) });
  expect(await shown('said')).toEqual({ frame: { t: 'ping' }, bytes: [1, 2, 3] });
  expect(await answer).toEqual({ frame: { t: 'pong' }, bin: new Uint8Array([3, 2, 1]) });
});
