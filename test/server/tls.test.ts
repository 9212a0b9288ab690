import { request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { requestFreshLink } from '../../main/hosts/fresh-link.ts';
import { selfSigned } from '../support/self-signed.ts';
import { CONTROL_SECRET, startTestHost, type TestHost } from '../support/server-host.ts';

const certificate = selfSigned();
let host: TestHost;
let cookie: string;

beforeAll(async () => {
  host = await startTestHost({ tls: certificate });
  const link = new URL(host.freshLink(60_000));
  expect(link.protocol).toBe('https:');
  const { setCookie } = await asked(link.pathname + link.search);
  expect(setCookie).toMatch(/; Secure$/); // and never travels in the clear
  cookie = setCookie.split(';')[0] ?? '';
});
afterAll(() => host.stop());

function asked(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; setCookie: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: host.port, path, headers, ca: certificate.cert, agent: false };
    const outgoing = request(options, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, setCookie: response.headers['set-cookie']?.[0] ?? '' });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

describe('behind TLS', () => {
  it('pages are served to a login, and their Origin has the scheme https', async () => {
    expect((await asked('/', { cookie })).status).toBe(200);
    expect((await asked('/', { cookie, origin: host.address })).status).toBe(200);
    expect((await asked('/', { cookie, origin: host.address.replace('https', 'http') })).status).toBe(403);
    expect((await asked('/')).status).toBe(401);
  });

  it('the socket opens', async () => {
    const headers = { cookie, origin: host.address };
    const socket = new WebSocket(`wss://127.0.0.1:${host.port}/rpc`, { headers, ca: certificate.cert });
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    socket.close();
  });

  it('a fresh link is given to whoever can read the lock file', async () => {
    const { address } = host;
    expect(await requestFreshLink({ address, secret: CONTROL_SECRET })).toMatch(/^https:.*token=/);
    await expect(requestFreshLink({ address, secret: 'wrong' })).rejects.toMatchObject({
      code: 'auth-failed',
    });
  });
});
