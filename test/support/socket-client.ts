import { Agent, request } from 'node:http';
import { WebSocket } from 'ws';
import type { Link } from '../../shared/rpc/frames.ts';
import { createSocketLink } from '../../shared/rpc/socket-link.ts';

export interface HttpReply {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

export interface HttpAsk {
  method?: string;
  /** As it stands in the request line: nothing is normalised. */
  path: string;
  headers?: Record<string, string>;
}

/** One plain request, on a connection of its own unless an agent keeps some. */
export function ask(
  origin: string,
  { method = 'GET', path, headers = {} }: HttpAsk,
  agent?: Agent,
): Promise<HttpReply> {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const options = { host: hostname, port, method, path, headers, agent: agent ?? false };
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}

/** Logs in as a browser does and returns the Cookie header. */
export async function logIn(link: string): Promise<string> {
  const { origin, pathname, search } = new URL(link);
  const reply = await ask(origin, { path: pathname + search });
  const cookie = reply.headers['set-cookie']?.[0]?.split(';')[0];
  if (reply.status !== 200 || cookie === undefined) throw new Error(`login failed: ${reply.status}`);
  return cookie;
}

export function openSocket(origin: string, headers: Record<string, string>, path = '/rpc'): WebSocket {
  return new WebSocket(`${origin.replace('http', 'ws')}${path}`, { headers, perMessageDeflate: true });
}

/** The window's end of the lane, with Node in the place of a browser. */
export async function connectSocket(origin: string, cookie: string): Promise<Link> {
  const socket = openSocket(origin, { origin, cookie });
  const agent = new Agent({ keepAlive: true, maxSockets: 6 }); // as a browser does
  const link = createSocketLink(socket, {
    fetch: async (id) => {
      const reply = await ask(origin, { path: `/blob/${id}`, headers: { cookie } }, agent);
      if (reply.status !== 200) throw new Error(`blob: ${reply.status}`);
      return reply.body;
    },
  });
  link.onClose(() => agent.destroy());
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
  });
  return link;
}
