import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { AppError } from '../../../shared/errors.ts';
import { createRpcClient, type RpcClient } from '../../../shared/rpc/client-core.ts';
import type { Link, Role } from '../../../shared/rpc/frames.ts';
import { createMemoryLinkPair } from '../../../shared/rpc/memory-link.ts';
import { createRpcServer } from '../../../shared/rpc/server-core.ts';
import { makeSecret } from '../../engine/secrets/make-secret.ts';
import { openSecrets } from '../../engine/secrets/open-secrets.ts';
import type { SecretStore } from '../../engine/secrets/secret-store.ts';
import type { Log } from '../../log.ts';
import { describeDefect } from '../../process/parent.ts';
import { nodeRuntime } from '../../runtime.ts';
import type { Forker } from '../../supervisor/forks.ts';
import { createSupervisor, FORKED_ROLES, type Supervisor } from '../../supervisor/supervisor.ts';
import { hasOuterAddress, noticeSurroundings, tellEngine } from '../notice-surroundings.ts';
import { scheduleAlerts } from '../alert-schedule.ts';
import { createBlobStore } from './blobs.ts';
import { createRequestHandler } from './http.ts';
import { createLogin } from './login.ts';
import type { ServerOptions } from './options.ts';
import type { OriginRules } from './origin.ts';
import { routeWindow } from './router.ts';
import { shellHandlers } from './shell-api.ts';
import { serveSockets } from './ws.ts';

export interface ServerHostOptions extends Pick<
  ServerOptions,
  'dataDir' | 'port' | 'listenAddress' | 'tls' | 'allowedHosts'
> {
  /** Name and version of this build. */
  app: string;
  rendererDir: string;
  fork: Forker;
  log: Log;
  controlSecret: string;
  /** Where the passphrase and given secrets come from; default: of this process. */
  env?: Readonly<Record<string, string | undefined>>;
}

/** A running server host: two processes, one listening socket, any number of windows. */
export interface ServerHost {
  /** Without path: `http://127.0.0.1:40123`. */
  address: string;
  port: number;
  freshLink(lifeMs: number): string;
  /** The host's own way to engine and query. */
  client: RpcClient;
  supervisor: Supervisor;
  stop(): Promise<void>;
}

export async function startServerHost(options: ServerHostOptions): Promise<ServerHost> {
  const { app, dataDir, log, tls, listenAddress } = options;
  const secrets = openSecretsSoon(() => openSecrets(dataDir, options.env ?? process.env));
  const supervisor = createSupervisor({
    fork: options.fork,
    runtime: nodeRuntime,
    start: { dataDir, app },
    log: (entry) => log.write(entry),
    readSecret: async (name) => (await secrets).read(name),
    makeSecret: async (name) => makeSecret(await secrets, name),
  });
  supervisor.start(); // the processes come up while the socket opens
  const login = createLogin({ nowMs: () => nodeRuntime.nowMs(), isSecure: tls !== null });
  const blobs = createBlobStore(nodeRuntime);
  const rules: OriginRules = { scheme: tls === null ? 'http' : 'https', allowedHosts: options.allowedHosts };
  const server = tls === null ? createHttpServer() : createHttpsServer(tls);
  const port = await listen(server, options).catch(async (error: unknown) => {
    await supervisor.stop();
    throw error;
  });
  const address = `${rules.scheme}://${options.allowedHosts[0] ?? urlName(listenAddress)}:${port}`;
  const linkOf = (token: string): string => `${address}/login?token=${token}`;
  const onDefect = (error: unknown): void =>
    log.write({ level: 'error', event: 'a request failed', fields: { error: describeDefect(error) } });
  const { rendererDir, controlSecret } = options;
  server.on(
    'request',
    createRequestHandler({ rules, login, blobs, rendererDir, controlSecret, linkOf, onDefect }),
  );
  const shell = createRpcServer<'shell'>({
    role: 'shell',
    app,
    epoch: 0,
    runtime: nodeRuntime,
    handlers: shellHandlers({ interruptQuery: () => supervisor.interruptQuery(), secrets }),
    onDefect,
  });
  supervisor.onState((state) => shell.publish('process.state', state));
  const connect = (role: Role): Promise<Link> =>
    role === 'shell' ? connectShell(shell) : supervisor.connect(role);
  const sockets = serveSockets(server, {
    rules,
    login,
    blobs,
    onLink: (client) => routeWindow({ client, app, epoch: 0, runtime: nodeRuntime, connect }),
  });
  const client = createRpcClient({
    lanes: FORKED_ROLES.map((role) => ({ roles: [role], open: () => supervisor.connect(role) })),
    app,
    runtime: nodeRuntime,
    onStuck: () => supervisor.interruptQuery(),
  });
  const stopNoticing = noticeSurroundings({
    runtime: nodeRuntime,
    wallMs: Date.now,
    hasNetwork: hasOuterAddress,
    tell: tellEngine(client),
  });
  const alerts = scheduleAlerts({
    client,
    runtime: nodeRuntime,
    linkBase: address,
    onFault: (item, error) =>
      log.write({
        level: 'warn',
        event: 'a check for alerts failed',
        fields: { item, error: describeDefect(error) },
      }),
  });
  return {
    address,
    port,
    freshLink: (lifeMs) => linkOf(login.issueToken(lifeMs)),
    client,
    supervisor,
    async stop() {
      stopNoticing();
      alerts.stop();
      client.close();
      sockets.closeAll();
      server.close();
      server.closeAllConnections();
      await supervisor.stop();
    },
  };
}

/** A passphrase file that cannot be read fails what asks for a secret, not the start of the host. */
function openSecretsSoon(open: () => SecretStore): Promise<SecretStore> {
  const opened = new Promise<SecretStore>((resolve) => resolve(open()));
  opened.catch(() => undefined); // told to whoever asks
  return opened;
}

function connectShell(shell: { accept(link: Link): void }): Promise<Link> {
  const [ours, theirs] = createMemoryLinkPair();
  shell.accept(theirs);
  return Promise.resolve(ours);
}

function listen(
  server: Server,
  { port, listenAddress }: Pick<ServerHostOptions, 'port' | 'listenAddress'>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new AppError('not-available', `cannot listen on ${listenAddress} port ${port}: ${cause.message}`, {
          cause,
        }),
      ),
    );
    server.listen(port, listenAddress, () => {
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : port);
    });
  });
}

/** How an address to listen on is written in a URL; a wildcard is reached through loopback. */
function urlName(listenAddress: string): string {
  if (listenAddress === '0.0.0.0' || listenAddress === '::') return '127.0.0.1';
  return listenAddress.includes(':') ? `[${listenAddress}]` : listenAddress;
}
