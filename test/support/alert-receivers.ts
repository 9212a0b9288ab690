import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';

export interface Received {
  headers: IncomingHttpHeaders;
  body: string;
}

/** How a receiver treats one request. `drop-after`: it takes the whole message and breaks the connection. */
export type Treatment = 'accept' | 'unavailable' | 'reset' | 'drop-after' | 'refuse';

/** A webhook's receiver on the loopback; `treatments` come first, in order, then it accepts. */
export async function webhookReceiver(treatments: Treatment[] = []) {
  const taken: Received[] = [];
  const plan = [...treatments];
  let onTaken: () => void = () => undefined;
  const server = createHttpServer((request, response) => {
    const treatment = plan.shift() ?? 'accept';
    if (treatment === 'reset') return void request.socket.destroy();
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const takes = treatment === 'accept' || treatment === 'drop-after';
      if (takes) taken.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      if (takes) onTaken();
      if (treatment === 'drop-after') return void request.socket.destroy();
      response.writeHead(treatment === 'accept' ? 200 : treatment === 'refuse' ? 404 : 503).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    taken,
    set onTaken(callback: () => void) {
      onTaken = callback;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A mail server on the loopback that speaks as much SMTP as a client needs; the first `busy` mails get 451. */
export async function mailReceiver(busy = 0) {
  const mails: string[] = [];
  let left = busy;
  const server = createTcpServer((socket) =>
    serveMail(socket, (mail) => {
      if (left-- > 0) return '451 try later';
      mails.push(mail);
      return '250 taken';
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, mails, close: () => new Promise<void>((resolve) => void server.close(() => resolve())) };
}

function serveMail(socket: Socket, take: (mail: string) => string): void {
  let text = '';
  let isData = false;
  socket.on('error', () => undefined);
  socket.write('220 test\r\n');
  socket.on('data', (chunk) => {
    text += chunk.toString();
    for (;;) {
      const end = isData ? text.indexOf('\r\n.\r\n') : text.indexOf('\r\n');
      if (end < 0) return;
      const part = text.slice(0, end);
      text = text.slice(end + (isData ? 5 : 2));
      if (isData) {
        isData = false;
        socket.write(`${take(part)}\r\n`);
      } else if (/^data$/i.test(part)) {
        isData = true;
        socket.write('354 go on\r\n');
      } else if (/^quit/i.test(part)) socket.end('221 bye\r\n');
      else socket.write('250 ok\r\n');
    }
  });
}
