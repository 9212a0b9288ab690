import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RawData, WebSocket } from 'ws';
import { INLINE_PAYLOAD_MAX_BYTES } from '../../shared/limits.ts';
import { PROTOCOL_VERSION } from '../../shared/rpc/frames.ts';
import { startTestHost, type TestHost } from '../support/server-host.ts';
import { ask, logIn, openSocket } from '../support/socket-client.ts';

let host: TestHost;
let cookie: string;
beforeAll(async () => {
  host = await startTestHost();
  cookie = await logIn(host.freshLink(60_000));
});
afterAll(() => host.stop());

/** Everything that a socket carries after one request for one part of that size, up to the final frame. */
async function messagesFor(bytes: number): Promise<(Record<string, unknown> | Buffer)[]> {
  const socket: WebSocket = openSocket(host.address, { origin: host.address, cookie });
  const messages: (Record<string, unknown> | Buffer)[] = [];
  socket.on('message', (data: RawData, isBinary: boolean) => {
    const buffer = data as Buffer; // what ws gives unless told otherwise
    const message = isBinary ? buffer : (JSON.parse(buffer.toString()) as Record<string, unknown>);
    if (Buffer.isBuffer(message) || message['t'] === 'part' || message['t'] === 'ok') messages.push(message);
  });
  await once(socket, 'open');
  socket.send(
    JSON.stringify({ t: 'hello', proto: PROTOCOL_VERSION, app: 'test', role: 'renderer', epoch: 0 }),
  );
  socket.send(JSON.stringify({ t: 'req', id: 1, m: 'query.run', p: { spec: { parts: 1, bytes } } }));
  await expect.poll(() => messages.at(-1), { timeout: 20_000 }).toMatchObject({ t: 'ok' });
  socket.close();
  return messages;
}

test('a payload of 256 KiB follows its frame on the socket', async () => {
  const [part, bytes] = await messagesFor(INLINE_PAYLOAD_MAX_BYTES);
  expect(part).toMatchObject({ t: 'part', id: 1, last: true });
  expect(part).not.toHaveProperty('blob');
  expect(bytes).toHaveLength(INLINE_PAYLOAD_MAX_BYTES);
});

test('a larger one waits for one GET of the same login', async () => {
  const [part, final] = await messagesFor(INLINE_PAYLOAD_MAX_BYTES + 1);
  expect(final).toMatchObject({ t: 'ok' });
  const { blob } = part as unknown as { blob: string };
  expect(blob).toMatch(/^[0-9a-f]{32}$/);
  const stranger = await logIn(host.freshLink(60_000));
  expect((await ask(host.address, { path: `/blob/${blob}`, headers: { cookie: stranger } })).status).toBe(
    404,
  );
  const reply = await ask(host.address, { path: `/blob/${blob}`, headers: { cookie } });
  expect(reply.status).toBe(200);
  expect(reply.body).toHaveLength(INLINE_PAYLOAD_MAX_BYTES + 1);
  expect(reply.headers['cache-control']).toBe('no-store');
  expect((await ask(host.address, { path: `/blob/${blob}`, headers: { cookie } })).status).toBe(404);
});
