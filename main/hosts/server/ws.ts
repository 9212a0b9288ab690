import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { SOCKET_MAX_PAYLOAD_BYTES, SOCKETS_PER_LOGIN } from '../../../shared/limits.ts';
import type { Link } from '../../../shared/rpc/frames.ts';
import { createSocketLink } from '../../../shared/rpc/socket-link.ts';
import type { BlobStore } from './blobs.ts';
import type { Login } from './login.ts';
import { type OriginRules, refuseForeign, type Refusal } from './origin.ts';

export interface SocketDeps {
  rules: OriginRules;
  login: Login;
  blobs: BlobStore;
  onLink: (link: Link) => void;
}

export const SOCKET_PATH = '/rpc';

/** Takes WebSocket upgrades of logged-in windows and hands out their links (HOSTS §4, line 19). */
export function serveSockets(server: Server, deps: SocketDeps): { closeAll: () => void } {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false, // compression more than doubled the latency
    maxPayload: SOCKET_MAX_PAYLOAD_BYTES,
  });
  const loginBySocket = new Map<WebSocket, string>();
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const login = deps.login.loginOf(request.headers.cookie);
    const refusal = refuseUpgrade(request, login, deps, [...loginBySocket.values()]);
    if (refusal !== null || login === null) return endUpgrade(stream, refusal ?? NOT_LOGGED_IN);
    sockets.handleUpgrade(request, stream, head, (socket) => {
      loginBySocket.set(socket, login);
      socket.on('close', () => loginBySocket.delete(socket));
      deps.onLink(linkOver(socket, login, deps.blobs));
    });
  });
  return {
    closeAll: () => {
      for (const socket of loginBySocket.keys()) socket.terminate();
    },
  };
}

const NOT_LOGGED_IN: Refusal = { status: 401, message: 'not logged in' };

function refuseUpgrade(
  request: IncomingMessage,
  login: string | null,
  { rules }: SocketDeps,
  openLogins: readonly string[],
): Refusal | null {
  const { method, url, headers, headersDistinct } = request;
  const foreign = refuseForeign({ method, url, headers, headersDistinct, upgrade: true }, rules, false);
  if (foreign !== null) return foreign;
  if (url !== SOCKET_PATH) return { status: 404, message: 'not found' };
  if (login === null) return NOT_LOGGED_IN;
  const isFull = openLogins.filter((each) => each === login).length >= SOCKETS_PER_LOGIN;
  return isFull ? { status: 429, message: `more than ${SOCKETS_PER_LOGIN} windows of one login` } : null;
}

function endUpgrade(stream: Duplex, { status, message }: Refusal): void {
  stream.on('error', () => undefined); // the other side may be gone already
  stream.end(
    `HTTP/1.1 ${status} Refused\r\nConnection: close\r\nCache-Control: no-store\r\n` +
      `Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
    () => stream.destroy(),
  );
}

const linkOver = (socket: WebSocket, login: string, blobs: BlobStore): Link =>
  createSocketLink(socket, { offer: (bin) => blobs.offer(login, bin) });
