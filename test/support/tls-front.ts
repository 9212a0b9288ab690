import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';

const SSL_REQUEST_BYTES = 8;

/**
 * Encryption in front of a server that has none: from the first byte, or as PostgreSQL's clients ask for it, with a
 * message of their own that is answered by one letter.
 */
export async function startTlsFront(
  targetPort: number,
  { cert, key, asked }: { cert: Buffer; key: Buffer; asked: boolean },
): Promise<{ port: number; close: () => Promise<void> }> {
  const secureContext = createSecureContext({ cert, key });
  const sockets = new Set<Socket>();
  const encrypt = (client: Socket): void => {
    const secure = new TLSSocket(client, { isServer: true, secureContext });
    const target = connect(targetPort, '127.0.0.1');
    for (const socket of [secure, target])
      socket.on('error', () => [secure, target].forEach((one) => one.destroy()));
    secure.on('close', () => target.destroy());
    target.on('close', () => secure.destroy());
    secure.pipe(target).pipe(secure);
  };
  const server = createServer((client) => {
    sockets.add(client);
    client.on('error', () => client.destroy());
    client.on('close', () => sockets.delete(client));
    if (!asked) {
      encrypt(client);
      return;
    }
    client.once('readable', () => {
      client.read(SSL_REQUEST_BYTES);
      client.write('S', () => encrypt(client));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
