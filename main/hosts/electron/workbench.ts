import { ELECTRON_CAPABILITIES } from '../../../shared/capabilities.ts';
import { createRpcServer, type RpcServer } from '../../../shared/rpc/server-core.ts';
import { SHELL_CHANNELS } from '../../../shared/shell-channels.ts';
import { makeSecret } from '../../engine/secrets/make-secret.ts';
import { secretHandlers } from '../../engine/secrets/secret-handlers.ts';
import type { SecretStore } from '../../engine/secrets/secret-store.ts';
import { acquireLock } from '../../lock.ts';
import { type Log, openLog } from '../../log.ts';
import { appPaths } from '../../paths.ts';
import { nodeRuntime } from '../../runtime.ts';
import { createSupervisor, type Supervisor } from '../../supervisor/supervisor.ts';
import type { ProposalBox } from './deeplink.ts';
import { fillWorkspace } from './fill-workspace.ts';
import { createUtilityForker, type PortProcess } from './forker.ts';
import { APP_SCHEME } from './is-ours.ts';
import { createLinkGiver, tellLost } from './links.ts';
import { menuTemplate } from './menu.ts';
import { openExternal, parseLinkHosts } from './open-external.ts';
import { restrictPermissions } from './permissions.ts';
import { createAppProtocol } from './protocol.ts';
import { openElectronSecrets } from './secrets.ts';
import { registerShellApi } from './shell-api.ts';
import type { ElectronMain } from './electron-main.ts';
import { MainWindow } from './window.ts';

export interface Workbench {
  /** Brings the window to the front, opening it again where it was closed. */
  showWindow(): void;
  /** Ends engine and query cleanly and frees the folder. */
  stop(): Promise<void>;
}

export interface WorkbenchOptions {
  electron: ElectronMain;
  dataDir: string;
  /** Insists on the sample workspace. */
  demo: boolean;
  proposals: ProposalBox;
}

/** Everything from `ready` on: takes the folder, starts the processes, serves the page, opens the window. Throws an
 *  AppError when the folder cannot be had. */
export function openWorkbench({ electron, dataDir, demo, proposals }: WorkbenchOptions): Workbench {
  const lock = acquireLock(dataDir, 'electron');
  const log = openLog(dataDir);
  const { rendererDir, preloadFile } = appPaths();
  const secrets = openElectronSecrets({
    storage: electron.safeStorage,
    dataDir,
    env: process.env,
    platform: process.platform,
  });
  secrets.catch(() => undefined); // told to whoever asks for one
  const supervisor = superviseProcesses(electron, { dataDir, secrets }, log);
  const shellServer = serveShell(supervisor, { version: electron.app.getVersion(), secrets }, log);
  const window = new MainWindow({
    ...electron,
    preloadFile,
    nowMs: nodeRuntime.nowMs,
    onPageGone: () => proposals.pageGone(),
    onCrash: (reason) => log.write({ level: 'error', event: 'page is gone', fields: { reason } }),
  });
  supervisor.onState((state) => {
    if (state.state === 'down') tellLost(window.contents, state.role);
    shellServer.publish('process.state', state);
  });

  supervisor.onFailed((_role, error) => {
    electron.dialog.showErrorBox('Tidemark cannot go on', error.message);
    electron.app.quit();
  });

  restrictPermissions(electron.session.defaultSession);
  electron.protocol.handle(APP_SCHEME, createAppProtocol(rendererDir));
  electron.Menu.setApplicationMenu(electron.Menu.buildFromTemplate(menuTemplate(process.platform)));
  registerCommands({ electron, window, supervisor, shellServer, proposals, log });
  supervisor.start();
  window.show();
  const filling = fillWorkspace({ electron, supervisor, demo, log });

  return {
    showWindow: () => window.show(),
    async stop() {
      filling.stop();
      shellServer.close('the program is ending');
      await supervisor.stop();
      lock.release();
    },
  };
}

function superviseProcesses(
  electron: ElectronMain,
  { dataDir, secrets }: { dataDir: string; secrets: Promise<SecretStore> },
  log: Log,
): Supervisor<PortProcess> {
  const { engineEntry, queryEntry } = appPaths();
  return createSupervisor({
    fork: createUtilityForker({
      ...electron,
      entries: { engine: engineEntry, query: queryEntry },
      onOutput: (role, line) => log.write({ level: 'warn', event: 'output', fields: { role, line } }),
    }),
    runtime: nodeRuntime,
    start: { dataDir, app: `tidemark ${electron.app.getVersion()}` },
    log: (entry) => log.write(entry),
    readSecret: async (name) => (await secrets).read(name),
    makeSecret: async (name) => makeSecret(await secrets, name),
  });
}

function serveShell(
  supervisor: Supervisor<PortProcess>,
  { version, secrets }: { version: string; secrets: Promise<SecretStore> },
  log: Log,
): RpcServer {
  return createRpcServer<'shell'>({
    role: 'shell',
    app: `tidemark ${version}`,
    epoch: 0, // this process is never replaced under its page
    runtime: nodeRuntime,
    handlers: {
      'query.shell.capabilities': () => ELECTRON_CAPABILITIES,
      'command.query.interrupt': () => {
        supervisor.interruptQuery();
        return {};
      },
      ...secretHandlers(secrets),
    },
    onDefect: (error, method) =>
      log.write({ level: 'error', event: 'defect', fields: { method, error: String(error) } }),
  });
}

interface CommandDeps {
  electron: ElectronMain;
  window: MainWindow;
  supervisor: Supervisor<PortProcess>;
  shellServer: RpcServer;
  proposals: ProposalBox;
  log: Log;
}

function registerCommands({ electron, window, supervisor, shellServer, proposals, log }: CommandDeps): void {
  const linkHosts = parseLinkHosts(process.env['TIDEMARK_LINK_HOSTS']);
  const giveLink = createLinkGiver({
    ...electron,
    supervisor,
    acceptShellLink: (link) => shellServer.accept(link),
  });
  registerShellApi({
    ipcMain: electron.ipcMain,
    ourContents: () => window.contents,
    onRefused: (channel) => log.write({ level: 'warn', event: 'message is refused', fields: { channel } }),
    onConnect: (role, frame) => {
      void giveLink(role, frame);
      if (role === 'shell')
        proposals.pageReady((link) => window.contents?.send(SHELL_CHANNELS.proposal, link));
    },
    handlers: {
      'command.shell.openLink': async ({ url }) => {
        await openExternal(url, {
          hosts: linkHosts,
          hadUserAction: () => window.hadUserAction(),
          open: (href) => electron.shell.openExternal(href),
        });
        return {};
      },
    },
  });
}
