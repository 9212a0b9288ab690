import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAppProtocol } from '../../main/hosts/electron/protocol.ts';
import { contentSecurityPolicy } from '../../shared/csp.ts';
import { loadReadyShell } from './load-shell.ts';

let outside: string;
let handler: (request: Request) => Promise<Response>;

beforeAll(() => {
  outside = mkdtempSync(path.join(tmpdir(), 'tidemark-protocol-'));
  const rendererDir = path.join(outside, 'renderer');
  mkdirSync(path.join(rendererDir, 'assets'), { recursive: true });
  writeFileSync(path.join(outside, 'secret.json'), '"secret"');
  writeFileSync(path.join(outside, 'renderer-notes.json'), '"secret"');
  writeFileSync(path.join(rendererDir, 'index.html'), '<!doctype html><title>ours</title>');
  writeFileSync(path.join(rendererDir, 'assets/a b.js'), 'export {};');
  writeFileSync(path.join(rendererDir, 'assets/font.woff2'), 'w');
  writeFileSync(path.join(rendererDir, 'assets/a.js.map'), '{}');
  writeFileSync(path.join(rendererDir, '.stamp'), 'x');
  writeFileSync(path.join(rendererDir, '.hidden.json'), '{}');
  symlinkSync(path.join(outside, 'secret.json'), path.join(rendererDir, 'link.json'));
  symlinkSync(outside, path.join(rendererDir, 'folder'));
  symlinkSync(path.join(rendererDir, 'index.html'), path.join(rendererDir, 'inner.html'));
  handler = createAppProtocol(rendererDir);
});
afterAll(() => rmSync(outside, { recursive: true }));

/** As Electron gives it: the URL untouched by Node's own clean-up. */
function request(url: string, method = 'GET'): Request {
  const made = new Request('tidemark://app/', { method });
  Object.defineProperty(made, 'url', { value: url });
  return made;
}

test.each([
  ['/', 'text/html; charset=utf-8'],
  ['/index.html', 'text/html; charset=utf-8'],
  ['/index.html?view=practices#top', 'text/html; charset=utf-8'],
  ['/assets/a%20b.js', 'text/javascript; charset=utf-8'],
  ['/assets/font.woff2', 'font/woff2'],
])('§4.2 %s is served as %s', async (target, contentType) => {
  const response = await handler(request(`tidemark://app${target}`));
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe(contentType);
  expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
});

test('§4.2 every answer carries the policy and the other headers', async () => {
  for (const url of ['tidemark://app/', 'tidemark://app/none.js', 'tidemark://other/']) {
    const { headers } = await handler(request(url));
    expect(headers.get('content-security-policy')).toBe(contentSecurityPolicy());
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('permissions-policy')).toContain('camera=()');
  }
});

test.each([
  '/../secret.json',
  '/../../../../../../../../etc/passwd',
  '/%2e%2e/secret.json',
  '/%2E%2E/secret.json',
  '/.%2e/secret.json',
  '/%2e./secret.json',
  '/..%2fsecret.json',
  '/%2e%2e%2fsecret.json',
  '/assets/..%2f..%2fsecret.json',
  '/assets/%2e%2e/%2e%2e/secret.json',
  '/..%5csecret.json',
  '/..\\secret.json',
  '/%252e%252e%252fsecret.json',
  '/%c0%ae%c0%ae/secret.json',
  '/%ff',
  '/%',
  '/%00index.html',
  '/index.html%00.js',
  '/../renderer-notes.json',
  '/..%2frenderer-notes.json',
  '//secret.json',
  '//etc/passwd',
  '/assets//font.woff2',
  '/assets/',
  '/assets',
  '/./index.html%2f',
  '/index.html/',
  '/link.json',
  '/folder/secret.json',
  '/inner.html',
  '/.stamp',
  '/.hidden.json',
  '/assets/a.js.map',
  '/C:/Windows/win.ini',
  '/index.html::$DATA',
  '/con.js%20:',
  '/nowhere.js',
  `/${'a'.repeat(5_000)}.js`,
])('§4.2 %s is refused', async (target) => {
  const response = await handler(request(`tidemark://app${target}`));
  expect(response.status).toBe(404);
  expect(await response.text()).toBe('');
});

test.each([
  'tidemark://other/index.html',
  'tidemark:///index.html',
  'tidemark://app.example.com/index.html',
  'tidemark://user@app/index.html',
  'tidemark://app:1/index.html',
  'https://app/index.html',
])('§4.2 %s is another host and is refused', async (url) => {
  expect((await handler(request(url))).status).toBe(403);
});

test.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH'])('§4.2 %s is refused', async (method) => {
  expect((await handler(request('tidemark://app/', method))).status).toBe(405);
});

test('§4.2 the scheme is standard and secure, and does not get around the policy', async () => {
  const { double } = await loadReadyShell();
  expect([...double.privilegesByScheme.keys()]).toEqual(['tidemark']);
  expect(double.privilegesByScheme.get('tidemark')).toEqual({
    standard: true,
    secure: true,
    supportFetchAPI: true,
    codeCache: true,
  });
});

test('§4.2 the shipped handler serves the built page', async () => {
  const { double } = await loadReadyShell();
  const shipped = double.protocolHandlers.get('tidemark');
  const response = await shipped?.(request('tidemark://app/'));
  expect(response?.status).toBe(200);
  expect(await response?.text()).toContain('<title>Tidemark</title>');
  expect((await shipped?.(request('tidemark://app/%2e%2e%2fmain/electron.mjs')))?.status).toBe(404);
});
