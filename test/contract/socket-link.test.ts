import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBlobStore } from '../../main/hosts/server/blobs.ts';
import { createRequestHandler } from '../../main/hosts/server/http.ts';
import { createLogin } from '../../main/hosts/server/login.ts';
import { serveSockets } from '../../main/hosts/server/ws.ts';
import { nodeRuntime } from '../../main/runtime.ts';
import { connectSocket, logIn } from '../support/socket-client.ts';
import { createAnsweringEnd } from './answering-end.ts';
import { describeContract } from './describe-contract.ts';

describeContract('the WebSocket of the server host', async () => {
  const answering = createAnsweringEnd();
  const login = createLogin({ nowMs: () => performance.now() });
  const blobs = createBlobStore(nodeRuntime);
  const rules = { scheme: 'http', allowedHosts: [] } as const;
  const server = createServer(
    createRequestHandler({
      rules,
      login,
      blobs,
      rendererDir: '/nonexistent',
      controlSecret: 'unused',
      linkOf: (token) => token,
      onDefect: (error) => {
        throw error;
      },
    }),
  );
  const sockets = serveSockets(server, { rules, login, blobs, onLink: (link) => answering.accept(link) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const newLogin = (): Promise<string> => logIn(`${origin}/login?token=${login.issueToken(60_000)}`);
  let cookie = await newLogin();
  let connections = 0;
  return {
    connect: async () => {
      // a login opens a few windows only; the suite opens many, one after the other
      if (++connections % 8 === 0 && connections < 70) cookie = await newLogin();
      return connectSocket(origin, cookie);
    },
    close: () => {
      sockets.closeAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
});
