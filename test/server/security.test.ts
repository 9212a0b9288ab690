import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { createBlobStore } from '../../main/hosts/server/blobs.ts';
import { createLogin } from '../../main/hosts/server/login.ts';
import { nodeRuntime } from '../../main/runtime.ts';
import { contentSecurityPolicy } from '../../shared/csp.ts';
import { OPENED_TOKEN_LIFE_MS, PRINTED_TOKEN_LIFE_MS, SOCKETS_PER_LOGIN } from '../../shared/limits.ts';
import { startTestHost, type TestHost } from '../support/server-host.ts';
import { ask, connectSocket, type HttpReply, logIn, openSocket } from '../support/socket-client.ts';

// One block per line of HOSTS §4 that a real request to a real server can prove; test/browser/security.test.ts holds
// what needs a browser.

let host: TestHost;
let cookie: string;
let hostName: string;

beforeAll(startHost);
afterAll(() => host.stop());

async function startHost(): Promise<void> {
  host = await startTestHost({ allowedHosts: ['workbench.example'] });
  hostName = new URL(origin()).host;
  cookie = await logIn(freshLink());
}

/** A minute's ten logins are soon used up. */
async function restartHost(): Promise<void> {
  await host.stop();
  await startHost();
}

// the first allowed name is what links are made of; requests of this file go to loopback by number
const origin = (): string => `http://127.0.0.1:${host.port}`;
const freshLink = (lifeMs = PRINTED_TOKEN_LIFE_MS): string =>
  host.freshLink(lifeMs).replace('workbench.example', '127.0.0.1');
const asked = (path_: string, headers: Record<string, string> = {}, method = 'GET'): Promise<HttpReply> =>
  ask(origin(), { method, path: path_, headers: { cookie, ...headers } });

describe('line 7: the content security policy', () => {
  it.each(['/', '/assets/app-1a2b3c.js', '/missing.js', '/blob/00', '/login?token=wrong'])(
    'comes as a header with %s, word for word',
    async (target) => {
      const { headers } = await asked(target);
      expect(headers['content-security-policy']).toBe(contentSecurityPolicy());
    },
  );

  it('allows nothing from elsewhere, no inline code and no eval', () => {
    const policy = contentSecurityPolicy();
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });
});

describe('line 8: the other headers', () => {
  it.each(['/', '/missing.js', '/blob/00'])('come with %s', async (target) => {
    const { headers } = await asked(target);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers['permissions-policy']).toContain('camera=()');
  });

  it.each(['/blob/00', '/login?token=wrong', '/missing.js'])('keep %s out of every cache', async (target) => {
    expect((await asked(target)).headers['cache-control']).toBe('no-store');
  });

  it('come with refusals as well', async () => {
    const { status, headers } = await asked('/', { host: 'evil.example' });
    expect(status).toBe(421);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('line 15: the address', () => {
  it('is loopback', async () => {
    const refused = await new Promise<string>((resolve) => {
      // any other address of this machine; 127.0.0.2 reaches a server that listens on all of them
      const socket = connect({ host: '127.0.0.2', port: host.port });
      socket.on('connect', () => resolve('connected'));
      socket.on('error', (error) => resolve('code' in error ? String(error.code) : 'error'));
    });
    expect(refused).toBe('ECONNREFUSED');
  });

  it.each([
    [['--listen', '0.0.0.0']],
    [['--listen', '::']],
    [['--listen', '192.168.1.5', '--tls-cert', 'missing.pem']],
    [['--listen', '0.0.0.0', '--tls-cert', 'missing.pem', '--tls-key', 'missing.pem']],
    [['--listen', 'localhost']],
    [['--port', '99999']],
    [['--unknown']],
  ])('%j ends with 2 before anything is opened', (args) => {
    const dataDir = path.join(host.folder, 'never');
    const entry = path.resolve(import.meta.dirname, '../../main/hosts/server/main.ts');
    const ended = spawnSync(process.execPath, [entry, '--no-open', '--data-dir', dataDir, ...args], {
      encoding: 'utf8',
    });
    expect(ended.status).toBe(2);
    expect(ended.stderr).toContain(args[0]);
    expect(() => statSync(dataDir)).toThrow();
  });
});

describe('line 16: the Host header', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:1',
    'localhost',
    'localhost:8080',
    '[::1]',
    '[::1]:9',
    'workbench.example:80',
  ])('%s is ours', async (name) => {
    expect((await asked('/', { host: name })).status).toBe(200);
  });

  it.each([
    ['a foreign name', 'evil.example'],
    ['a name that ends alike', 'evil-localhost'],
    ['a name that begins alike', 'localhost.evil.example'],
    ['upper case', 'LOCALHOST'],
    ['a trailing dot', 'localhost.'],
    ['user information', 'user@localhost'],
    ['another loopback address', '127.0.0.2'],
    ['the address as a number', '2130706433'],
    ['a port that is none', 'localhost:http'],
    ['no name', ':80'],
  ])('%s is answered with 421', async (_, name) => {
    expect((await asked('/', { host: name })).status).toBe(421);
  });

  it('that is empty is answered with 421', async () => {
    expect(await rawRequest(`GET / HTTP/1.1\r\nHost:\r\nCookie: ${cookie}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 421/,
    );
  });

  it('sent twice is refused', async () => {
    const reply = await rawRequest(
      `GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 4\d\d/);
  });

  it('missing is refused', async () => {
    expect(await rawRequest(`GET / HTTP/1.0\r\nCookie: ${cookie}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 421/);
  });

  it('beside an address in absolute form does not count', async () => {
    const reply = await rawRequest(
      `GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`,
    );
    expect(reply).toMatch(/^HTTP\/1\.1 400/);
  });
});

describe('line 17: where a request comes from', () => {
  it.each([
    ['another port of this machine', 'http://127.0.0.1:1'],
    ['another scheme', 'https://HOST'],
    ['an opaque origin', 'null'],
    ['a name with ours inside', 'http://HOST.evil.example'],
    ['nothing', ''],
  ])('Origin of %s is answered with 403', async (_, value) => {
    expect((await asked('/', { origin: value.replace('HOST', hostName) })).status).toBe(403);
  });

  it('Origin of our own page is answered', async () => {
    expect((await asked('/', { origin: origin() })).status).toBe(200);
  });

  it.each(['cross-site', 'same-site', 'SAME-ORIGIN', ''])(
    'Sec-Fetch-Site %s is answered with 403',
    async (site) => {
      expect((await asked('/', { 'sec-fetch-site': site })).status).toBe(403);
    },
  );

  it.each(['same-origin', 'none'])('Sec-Fetch-Site %s is answered', async (site) => {
    expect((await asked('/', { 'sec-fetch-site': site })).status).toBe(200);
  });

  it('only the login page may be opened from elsewhere', async () => {
    const { search } = new URL(freshLink());
    const { status } = await ask(origin(), {
      path: `/login${search}`,
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(status).toBe(200);
    expect((await asked('/login', { 'sec-fetch-site': 'cross-site' }, 'HEAD')).status).toBe(403);
  });

  it('POST without Origin is answered with 403', async () => {
    const headers = { authorization: `Bearer control-secret-of-the-test` };
    expect((await asked('/control/link', headers, 'POST')).status).toBe(403);
    expect((await asked('/control/link', { ...headers, origin: origin() }, 'POST')).status).toBe(200);
  });

  it('the control endpoint wants its secret', async () => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', 'Basic control-secret-of-the-test']) {
      const reply = await asked('/control/link', { origin: origin(), authorization }, 'POST');
      expect(reply.status).toBe(401);
      expect(reply.body.toString()).not.toContain('token');
    }
  });

  it.each([
    ['without Origin', {}],
    ['with a foreign Origin', { origin: 'http://127.0.0.1:1' }],
    ['with a foreign Host', { origin: 'http://evil.example', host: 'evil.example' }],
    ['with a foreign Sec-Fetch-Site', { origin: 'OURS', 'sec-fetch-site': 'same-site' }],
  ])('a socket %s is not opened', async (_, headers: Record<string, string>) => {
    const own: Record<string, string> = headers['origin'] === 'OURS' ? { origin: origin() } : {};
    expect(await socketOutcome({ cookie, ...headers, ...own })).toMatch(/^(403|421)$/);
  });
});

describe('line 18: the login', () => {
  beforeAll(restartHost);

  it('sets a host-only Strict cookie under a name of this run and answers with a page that goes on by itself', async () => {
    const { pathname, search } = new URL(freshLink());
    const reply = await ask(origin(), { path: pathname + search });
    const [set] = reply.headers['set-cookie'] ?? [];
    expect(reply.status).toBe(200);
    expect(reply.headers['location']).toBeUndefined();
    expect(reply.body.toString()).toContain('http-equiv="refresh" content="0;url=/"');
    expect(set).toMatch(/^tidemark_[0-9a-f]{16}=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/);
  });

  it('token has 256 bits', () => {
    expect(Buffer.from(new URL(freshLink()).searchParams.get('token') ?? '', 'base64url')).toHaveLength(32);
  });

  it('token works once', async () => {
    const { pathname, search } = new URL(freshLink());
    const target = { path: pathname + search };
    expect((await ask(origin(), target)).status).toBe(200);
    const second = await ask(origin(), target);
    expect(second.status).toBe(403);
    expect(second.headers['set-cookie']).toBeUndefined();
  });

  it('token is not used up by HEAD or by a browser that fetches ahead', async () => {
    const { pathname, search } = new URL(freshLink());
    const target = pathname + search;
    await ask(origin(), { method: 'HEAD', path: target });
    await ask(origin(), { path: target, headers: { 'sec-purpose': 'prefetch' } });
    expect((await ask(origin(), { path: target })).status).toBe(200);
  });

  it('token ends after its life', () => {
    let nowMs = 0;
    const login = createLogin({ nowMs: () => nowMs });
    const opened = login.issueToken(OPENED_TOKEN_LIFE_MS);
    const printed = login.issueToken(PRINTED_TOKEN_LIFE_MS);
    nowMs = OPENED_TOKEN_LIFE_MS;
    expect(login.redeem(opened)).toBe('refused');
    nowMs = PRINTED_TOKEN_LIFE_MS - 1;
    expect(login.redeem(printed)).toHaveProperty('setCookie');
    const late = login.issueToken(PRINTED_TOKEN_LIFE_MS);
    nowMs += PRINTED_TOKEN_LIFE_MS;
    expect(login.redeem(late)).toBe('refused');
  });

  it('takes ten tries a minute, right or wrong', () => {
    let nowMs = 0;
    const login = createLogin({ nowMs: () => nowMs });
    for (let i = 0; i < 10; i++) expect(login.redeem('wrong')).toBe('refused');
    const token = login.issueToken(PRINTED_TOKEN_LIFE_MS);
    expect(login.redeem(token)).toBe('throttled');
    nowMs = 60_000;
    expect(login.redeem(token)).toHaveProperty('setCookie');
  });

  it.each(['/', '/assets/app-1a2b3c.js', '/blob/00', '/missing.js'])('is wanted for %s', async (target) => {
    for (const wrong of ['', 'tidemark_0000000000000000=x', `${cookie}x`, cookie.slice(0, -1)]) {
      expect(
        (await ask(origin(), { path: target, headers: wrong === '' ? {} : { cookie: wrong } })).status,
      ).toBe(401);
    }
  });

  it('is wanted for a socket', async () => {
    expect(await socketOutcome({ origin: origin() })).toBe('401');
    expect(await socketOutcome({ origin: origin(), cookie: `${cookie}x` })).toBe('401');
  });

  it('leaves no token in any file of the data folder', async () => {
    const link = freshLink();
    await logIn(link);
    await host.supervisor.whenUp('query'); // has been logged by then
    await ask(origin(), { path: new URL(link).pathname + new URL(link).search });
    const token = new URL(link).searchParams.get('token') ?? '';
    const files = readdirSync(host.dataDir, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    expect(files.length).toBeGreaterThan(0); // the log at least
    for (const file of files) {
      const text = readFileSync(path.join(file.parentPath, file.name), 'latin1');
      expect(text).not.toContain(token);
      expect(text).not.toContain(cookie.split('=')[1]);
    }
  });
});

describe('line 19: the socket', () => {
  beforeAll(restartHost);

  it('does not compress', async () => {
    const socket = openSocket(origin(), { origin: origin(), cookie });
    await opened(socket);
    expect(socket.extensions).toBe('');
    socket.close();
  });

  it('takes no message over 4 MiB', async () => {
    const socket = openSocket(origin(), { origin: origin(), cookie });
    await opened(socket);
    const closed = new Promise<number>((resolve) => socket.on('close', resolve));
    socket.send('x'.repeat(4 * 1024 * 1024 + 1));
    expect(await closed).toBe(1009);
  });

  it(`opens at most ${SOCKETS_PER_LOGIN} times per login`, async () => {
    const own = await logIn(freshLink());
    const sockets = Array.from({ length: SOCKETS_PER_LOGIN }, () =>
      openSocket(origin(), { origin: origin(), cookie: own }),
    );
    await Promise.all(sockets.map(opened));
    expect(await socketOutcome({ origin: origin(), cookie: own })).toBe('429');
    sockets[0]?.close();
    await expect
      .poll(() => socketOutcome({ origin: origin(), cookie: own }), { timeout: 20_000 })
      .toBe('open');
    for (const socket of sockets) socket.close();
  });

  it('opens at its own path only', async () => {
    expect(await socketOutcome({ origin: origin(), cookie }, '/')).toBe('404');
  });

  it('is closed on anything that is no frame', async () => {
    for (const message of ['', '{', 'null', '[]', '{"t":"hello"}', Buffer.from([1, 2, 3])]) {
      const socket = openSocket(origin(), { origin: origin(), cookie });
      await opened(socket);
      const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
      socket.send(message);
      await closed;
    }
    const link = await connectSocket(origin(), cookie); // and the next one is served
    link.close();
  });
});

describe('line 20: static files', () => {
  beforeAll(() => {
    writeFileSync(path.join(host.folder, 'secret.html'), 'secret');
    symlinkSync(path.join(host.folder, 'secret.html'), path.join(host.rendererDir, 'link.html'));
    symlinkSync(host.folder, path.join(host.rendererDir, 'up'));
    mkdirSync(path.join(host.rendererDir, 'folder.html'));
    writeFileSync(path.join(host.rendererDir, '.hidden.html'), 'secret');
    writeFileSync(path.join(host.rendererDir, 'app.js.map'), 'secret');
  });

  it.each([
    '/../secret.html',
    '/..%2fsecret.html',
    '/%2e%2e/secret.html',
    '/%2e%2e%2fsecret.html',
    '/assets/../../secret.html',
    '/assets/%2e%2e/%2e%2e/secret.html',
    '/..%5csecret.html',
    '/..\\secret.html',
    '/%252e%252e/secret.html',
    '/assets//../../secret.html',
    '/./index.html',
    '//secret.html',
    '/secret.html%00.js',
    '/%',
    '/link.html',
    '/up/secret.html',
    '/folder.html',
    '/.hidden.html',
    '/app.js.map',
    '/assets/',
    '/etc/passwd',
    '/file:///etc/passwd',
  ])('%s leads nowhere', async (target) => {
    const { status, body } = await asked(target);
    expect([400, 404]).toContain(status);
    expect(body.toString()).not.toContain('secret');
  });

  it('are served with their type', async () => {
    expect((await asked('/')).headers['content-type']).toBe('text/html; charset=utf-8');
    expect((await asked('/assets/app-1a2b3c.js')).headers['content-type']).toBe(
      'text/javascript; charset=utf-8',
    );
  });

  it('are served to HEAD without a body', async () => {
    const { status, body, headers } = await asked('/', {}, 'HEAD');
    expect(status).toBe(200);
    expect(Number(headers['content-length'])).toBeGreaterThan(0);
    expect(body).toHaveLength(0);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('are not served to %s', async (method) => {
    const { status } = await asked('/', { origin: origin() }, method);
    expect(status).toBe(405);
  });
});

describe('blobs', () => {
  it('are given once, to the login that they belong to, and for a while', () => {
    const timers: (() => void)[] = [];
    const blobs = createBlobStore({
      ...nodeRuntime,
      startTimer: (callback) => {
        timers.push(callback);
        return () => undefined;
      },
    });
    const bin = new Uint8Array([1, 2, 3]);
    const id = blobs.offer('one', bin);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(blobs.take('two', id)).toBeNull();
    expect(blobs.take('one', 'x')).toBeNull();
    expect(blobs.take('one', id)).toBe(bin);
    expect(blobs.take('one', id)).toBeNull();
    const old = blobs.offer('one', bin);
    for (const expire of timers) expire();
    expect(blobs.take('one', old)).toBeNull();
  });
});

/** What becomes of an upgrade: `open`, or the status of the refusal. */
function socketOutcome(headers: Record<string, string>, target = '/rpc'): Promise<string> {
  const socket = openSocket(origin(), headers, target);
  return new Promise((resolve) => {
    socket.on('open', () => {
      socket.close();
      resolve('open');
    });
    socket.on('unexpected-response', (_, response) => resolve(String(response.statusCode)));
    socket.on('error', () => undefined); // follows a refusal
  });
}

const opened = (socket: WebSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });

function rawRequest(text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: host.port });
    let reply = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      reply += chunk;
      socket.end();
    });
    socket.on('close', () => resolve(reply));
    socket.on('error', reject);
    socket.write(text);
  });
}
