import type { IncomingMessage, ServerResponse } from 'node:http';
import { PRINTED_TOKEN_LIFE_MS } from '../../../shared/limits.ts';
import { securityHeaders } from '../../../shared/security-headers.ts';
import { readRendererFile } from '../renderer-files.ts';
import type { BlobStore } from './blobs.ts';
import { isSameSecret, type Login } from './login.ts';
import { type OriginRules, refuseForeign } from './origin.ts';
import { LOGGED_IN_PAGE, messagePage } from './pages.ts';

export interface HttpDeps {
  rules: OriginRules;
  login: Login;
  blobs: BlobStore;
  rendererDir: string;
  /** Lies in the lock file, which only the owner of the folder can read. */
  controlSecret: string;
  linkOf: (token: string) => string;
  onDefect: (error: unknown) => void;
}

interface Reply {
  status: number;
  body?: string | Uint8Array;
  type?: string;
  headers?: Record<string, string>;
}

const NO_STORE = { 'cache-control': 'no-store' };
/** File names under it hold a hash of their content. */
const HASHED_FILES = '/assets/';

/** Answers every plain request of the server host; sockets are in ws.ts. */
export function createRequestHandler(
  deps: HttpDeps,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    answer(request, deps).then(
      (reply) => send(request, response, reply),
      (error: unknown) => {
        deps.onDefect(error);
        send(request, response, { status: 500, body: 'internal error' });
      },
    );
  };
}

async function answer(request: IncomingMessage, deps: HttpDeps): Promise<Reply> {
  const target = targetOf(request);
  if (target === null) return refusalPage(400, 'This address is not understood.');
  const { path, query } = target;
  const isLogin = path === '/login' && request.method === 'GET';
  const refusal = refuseForeign(request, deps.rules, isLogin);
  if (refusal !== null) return refusalPage(refusal.status, refusal.message);
  if (request.method === 'POST' && path === '/control/link') return freshLink(request, deps);
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return { ...refusalPage(405, 'Only GET and HEAD are answered.'), headers: { allow: 'GET, HEAD' } };
  }
  if (isLogin) return logIn(request, query, deps.login);
  const login = deps.login.loginOf(request.headers.cookie);
  if (login === null) return refusalPage(401, 'This window is not logged in.');
  if (path.startsWith('/blob/')) return blob(request, login, path.slice('/blob/'.length), deps.blobs);
  return rendererFile(path, deps.rendererDir);
}

/** Absolute and asterisk forms are for proxies; `//` would read as another host's name somewhere down the line. */
function targetOf({ url = '' }: IncomingMessage): { path: string; query: URLSearchParams } | null {
  if (!url.startsWith('/') || url.startsWith('//')) return null;
  const mark = url.indexOf('?');
  return mark === -1
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark)) };
}

function logIn({ headers }: IncomingMessage, query: URLSearchParams, login: Login): Reply {
  // a browser that fetches ahead would use the token up before anyone has clicked
  if (headers['sec-purpose'] !== undefined) return refusalPage(503, 'Open this link yourself.');
  const outcome = login.redeem(query.get('token') ?? '');
  if (outcome === 'throttled') return refusalPage(429, 'Too many tries; wait a minute.');
  if (outcome !== 'refused')
    return { ...html(200, LOGGED_IN_PAGE), headers: { 'set-cookie': outcome.setCookie } };
  if (login.loginOf(headers.cookie) !== null) return html(200, LOGGED_IN_PAGE);
  return refusalPage(403, 'This link was used already or is too old.');
}

function freshLink({ headers }: IncomingMessage, { controlSecret, login, linkOf }: HttpDeps): Reply {
  const given = /^Bearer (\S{1,200})$/.exec(headers.authorization ?? '')?.[1] ?? '';
  if (!isSameSecret(given, controlSecret)) return { status: 401, body: 'refused' };
  const link = linkOf(login.issueToken(PRINTED_TOKEN_LIFE_MS));
  return { status: 200, type: 'application/json', body: JSON.stringify({ link }) };
}

function blob({ method }: IncomingMessage, login: string, id: string, blobs: BlobStore): Reply {
  const bytes = method === 'GET' ? blobs.take(login, id) : null; // one use: a HEAD must not be it
  return bytes === null
    ? { status: 404, body: 'not found' }
    : { status: 200, type: 'application/octet-stream', body: bytes };
}

async function rendererFile(path: string, rendererDir: string): Promise<Reply> {
  const file = await readRendererFile(rendererDir, path);
  if (file === null) return { status: 404, body: 'not found' };
  const cache = path.startsWith(HASHED_FILES) ? 'private, max-age=31536000, immutable' : 'no-cache';
  return { status: 200, type: file.contentType, body: file.body, headers: { 'cache-control': cache } };
}

const html = (status: number, body: string): Reply => ({ status, body, type: 'text/html; charset=utf-8' });
const refusalPage = (status: number, message: string): Reply => html(status, messagePage(message));

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const body = Buffer.from(reply.body ?? '');
  response.writeHead(reply.status, {
    ...NO_STORE,
    ...securityHeaders(),
    'content-type': reply.type ?? 'text/plain; charset=utf-8',
    'content-length': body.byteLength,
    ...reply.headers,
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
