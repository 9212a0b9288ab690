import { AppError } from '../../../shared/errors.ts';
import { OPENED_TOKEN_LIFE_MS, PRINTED_TOKEN_LIFE_MS } from '../../../shared/limits.ts';
import { appVersion } from '../../app-version.ts';
import { acquireLock, readLock, type WorkspaceLock } from '../../lock.ts';
import { openLog } from '../../log.ts';
import { appPaths } from '../../paths.ts';
import { describeDefect } from '../../process/parent.ts';
import { createNodeForker } from '../../supervisor/forks.ts';
import { requestFreshLink } from '../fresh-link.ts';
import { forgetRedirect, openBrowser } from './open-browser.ts';
import { BadOptions, parseServerOptions, SERVER_USAGE, type ServerOptions } from './options.ts';
import { prepareWorkspace, syncInBackground } from '../prepare-workspace.ts';
import { type ServerHost, startServerHost } from './server-host.ts';
import { createTerminal, type Terminal } from '../terminal.ts';

const EXIT_BAD_USAGE = 2;
const EXIT_CANNOT_RUN_HERE = 3;

/** What the host touches of its process. */
export interface HostProcess {
  env: NodeJS.ProcessEnv;
  platform: NodeJS.Platform;
  stdin: NodeJS.ReadableStream & { isTTY?: boolean };
  stdout: { write(text: string): unknown; isTTY?: boolean };
  stderr: { write(text: string): unknown };
  on(event: NodeJS.Signals | 'uncaughtExceptionMonitor', listener: (error: Error) => void): unknown;
  exit(code: number): never;
}

/** Runs until Ctrl-C or SIGTERM; resolves with the exit code. */
export async function runServerHost(args: readonly string[], host: HostProcess): Promise<number> {
  const terminal = createTerminal(host, () => performance.now());
  try {
    const options = parseServerOptions(args, host.env);
    const lock = takeFolder(options.dataDir);
    if (lock === null) return await showOtherHost(options, host, terminal);
    return await serve(options, lock, host, terminal);
  } catch (error) {
    return report(error, terminal);
  }
}

/** Null: a living process has it. */
function takeFolder(dataDir: string): WorkspaceLock | null {
  try {
    return acquireLock(dataDir, 'server');
  } catch (error) {
    if (error instanceof AppError && error.code === 'locked' && readLock(dataDir) !== null) return null;
    throw error;
  }
}

async function serve(
  options: ServerOptions,
  lock: WorkspaceLock,
  host: HostProcess,
  terminal: Terminal,
): Promise<number> {
  const log = openLog(options.dataDir);
  log.write({
    level: 'info',
    event: 'server host starts',
    fields: { app: appName(), node: process.version },
  });
  host.on('uncaughtExceptionMonitor', (error: Error) =>
    log.write({
      level: 'error',
      event: 'server host ends on a defect',
      fields: { error: describeDefect(error) },
    }),
  );
  let running: ServerHost | undefined;
  const stopping = new AbortController();
  const stopAsked = stopOnSignals(host, stopping);
  try {
    running = await startServerHost({
      ...options,
      app: appName(),
      rendererDir: appPaths().rendererDir,
      fork: createNodeForker({
        entries: { engine: appPaths().engineEntry, query: appPaths().queryEntry },
        onOutput: (role, line) =>
          log.write({ level: 'warn', event: 'process output', fields: { role, line } }),
      }),
      log,
      controlSecret: lock.holder.secret,
    });
    const failed = whenGivenUp(running);
    lock.setAddress(running.address);
    const code = await Promise.race([
      workUntilStopped(running, options, host, terminal, stopping.signal),
      failed,
      stopAsked,
    ]);
    return code;
  } finally {
    await running?.stop();
    forgetRedirect(options.dataDir);
    lock.release();
    log.write({ level: 'info', event: 'server host ended' });
  }
}

/** First the workspace, then the window; later what the person at the terminal asks for. */
async function workUntilStopped(
  running: ServerHost,
  options: ServerOptions,
  host: HostProcess,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  terminal.line(`Tidemark ${appVersion()} · ${options.dataDir}`);
  const { isFresh } = await prepareWorkspace(running.client, terminal, { demo: options.demo, signal });
  const isOpened =
    options.opensWindow && (await openWindow(running.freshLink(OPENED_TOKEN_LIFE_MS), options, host));
  terminal.line(isOpened ? `Opened a window on ${running.address}/` : openLine(running));
  if (!isOpened) terminal.line(tunnelHint(running));
  terminal.line('Ctrl-C ends Tidemark.');
  if (host.stdin.isTTY === true) onEnter(host.stdin, () => terminal.line(openLine(running)));
  if (!isFresh) await syncInBackground(running.client, terminal, signal);
  return new Promise<number>(() => undefined); // until a signal
}

const openLine = (running: ServerHost): string =>
  `Open ${running.freshLink(PRINTED_TOKEN_LIFE_MS)}\n     (works once, for 15 minutes; Enter or "npx tidemark link" makes another one)`;

const tunnelHint = ({ port }: ServerHost): string =>
  `From another machine: ssh -L ${port}:127.0.0.1:${port} <this machine>, then open the same link there.`;

function openWindow(
  link: string,
  { dataDir }: ServerOptions,
  { env, platform }: HostProcess,
): Promise<boolean> {
  return openBrowser(link, { env, platform, dataDir });
}

/** The folder is open elsewhere: leads there instead. */
async function showOtherHost(options: ServerOptions, host: HostProcess, terminal: Terminal): Promise<number> {
  const holder = readLock(options.dataDir);
  if (holder === null) throw new AppError('locked', `${options.dataDir} was just released; start again`);
  const where = holder.address === null ? '' : ` at ${holder.address}/`;
  terminal.line(`${options.dataDir} is already open in process ${holder.pid} (${holder.host})${where}`);
  if (holder.address === null) return EXIT_CANNOT_RUN_HERE;
  const link = await requestFreshLink(holder);
  const isOpened = options.opensWindow && (await openWindow(link, options, host));
  terminal.line(isOpened ? 'Opened a window on it.' : `Open ${link}`);
  return 0;
}

/** Ctrl-C twice ends at once. */
function stopOnSignals(host: HostProcess, stopping: AbortController): Promise<number> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      host.on(signal, () => {
        if (stopping.signal.aborted) host.exit(1);
        stopping.abort();
        resolve(0);
      });
    }
  });
}

const whenGivenUp = ({ supervisor }: ServerHost): Promise<never> =>
  new Promise((_, reject) => supervisor.onFailed((_role, error) => reject(error)));

function onEnter(stdin: NodeJS.ReadableStream, act: () => void): void {
  stdin.setEncoding('utf8');
  stdin.on('data', (text: string) => {
    if (text.includes('\n')) act();
  });
}

function report(error: unknown, terminal: Terminal): number {
  if (error instanceof BadOptions) {
    terminal.fault(`${error.message}\n\n${SERVER_USAGE}`);
    return EXIT_BAD_USAGE;
  }
  if (error instanceof AppError) {
    terminal.fault(`Tidemark: ${error.message}`);
    return error.code === 'locked' || error.code === 'not-available' ? EXIT_CANNOT_RUN_HERE : 1;
  }
  terminal.fault(`Tidemark stopped on a defect: ${describeDefect(error)}`);
  return 1;
}

const appName = (): string => `tidemark ${appVersion()}`;
