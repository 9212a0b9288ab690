import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net';

/**
 * What happens to one connection between a client and a server: nothing, refused before a byte, reset or ended after
 * so many bytes of the answer, passed on in small pieces with pauses, or answered by the proxy itself.
 */
export type Fault =
  | { kind: 'none' }
  | { kind: 'refuse' }
  | { kind: 'reset'; afterBytes: number }
  | { kind: 'truncate'; afterBytes: number }
  | { kind: 'trickle'; pieceBytes: number; pauseMs: number }
  | { kind: 'stall'; afterBytes: number }
  /** An HTTP answer in place of the server's. */
  | { kind: 'status'; status: number; headers?: Record<string, string>; body?: string }
  /** Content-Length of the first answer is changed by so much. */
  | { kind: 'length'; by: number };

export interface FaultProxy {
  port: number;
  /** Asked for every connection, in order of arrival. */
  plan: (nth: number) => Fault;
  connections: () => number;
  /** Breaks what is open. */
  drop: () => void;
  close: () => Promise<void>;
}

/**
 * A TCP proxy that misbehaves as it is told, for any protocol; two of its faults know HTTP. With a fault other than
 * `none` and `trickle` a connection serves no more than one answer, so that a client meets the plan again.
 */
export async function startFaultProxy(targetPort: number, plan: (nth: number) => Fault): Promise<FaultProxy> {
  const sockets = new Set<Socket>();
  let arrived = 0;
  const proxy: FaultProxy = {
    port: 0,
    plan,
    connections: () => arrived,
    drop() {
      for (const socket of sockets) socket.destroy();
    },
    close: () => closed(server, sockets),
  };
  const server = createServer((client) => {
    sockets.add(client);
    client.on('close', () => sockets.delete(client));
    client.on('error', () => client.destroy()); // the client may be gone first: that is its right
    serve(client, targetPort, proxy.plan(arrived++), sockets);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  proxy.port = (server.address() as AddressInfo).port;
  return proxy;
}

function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => server.close(() => resolve()));
}

function serve(client: Socket, targetPort: number, fault: Fault, sockets: Set<Socket>): void {
  if (fault.kind === 'refuse') {
    client.resetAndDestroy();
    return;
  }
  if (fault.kind === 'status') {
    client.once('data', () => client.end(answerOf(fault)));
    return;
  }
  const target = connect(targetPort, '127.0.0.1');
  sockets.add(target);
  target.on('close', () => {
    sockets.delete(target);
    if (fault.kind !== 'stall') client.end();
  });
  target.on('error', () => client.destroy());
  client.on('close', () => target.destroy());
  client.pipe(target);
  answer(target, client, fault);
}

function answerOf({ status, headers = {}, body = '' }: Extract<Fault, { kind: 'status' }>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return (
    `HTTP/1.1 ${status} Fault\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n` +
    `${lines.join('')}\r\n${body}`
  );
}

/** Passes on what the server says, with the fault in it. */
function answer(target: Socket, client: Socket, fault: Fault): void {
  switch (fault.kind) {
    case 'trickle':
      void trickle(target, client, fault);
      return;
    case 'length':
      target.once('data', (first) => {
        client.write(withLength(first, fault.by));
        target.pipe(client);
      });
      return;
    case 'reset':
    case 'truncate':
    case 'stall':
      cut(target, client, fault);
      return;
    default:
      target.pipe(client);
  }
}

async function trickle(
  target: Socket,
  client: Socket,
  { pieceBytes, pauseMs }: Extract<Fault, { kind: 'trickle' }>,
): Promise<void> {
  try {
    for await (const chunk of target as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; at += pieceBytes) {
        client.write(chunk.subarray(at, at + pieceBytes));
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
    }
  } catch {
    client.destroy();
  }
}

function cut(
  target: Socket,
  client: Socket,
  { kind, afterBytes }: Extract<Fault, { afterBytes: number }>,
): void {
  let left = afterBytes;
  target.on('data', (chunk: Buffer) => {
    if (chunk.length < left) {
      left -= chunk.length;
      client.write(chunk);
      return;
    }
    target.removeAllListeners('data');
    client.write(chunk.subarray(0, left), () => {
      if (kind === 'reset') client.resetAndDestroy();
      else if (kind === 'truncate') client.end();
    });
    if (kind !== 'stall') target.destroy();
    else target.pause();
  });
}

function withLength(first: Buffer, by: number): Buffer {
  const text = first.toString('latin1');
  const changed = text.replace(/^(content-length:\s*)(\d+)/im, (_all, name: string, length: string) => {
    return `${name}${Math.max(0, Number(length) + by)}`;
  });
  return Buffer.from(changed, 'latin1');
}
