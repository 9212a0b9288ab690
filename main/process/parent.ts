import { AppError, toErrorShape } from '../../shared/errors.ts';
import type { Link } from '../../shared/rpc/frames.ts';
import { createPortLink, type EmitterPort } from '../../shared/rpc/port-link.ts';
import type { FromChild, LogEntry, StartOptions, ToChild } from './control.ts';
import { LinkMux } from './link-mux.ts';
import { createSecretAsker, type SecretAsker } from './secret-asker.ts';

/** What a forked process does for the shell that forked it. */
export interface ChildDuties {
  /** Opens what is needed and returns how links are served; an AppError means that starting again would not help. */
  start(
    options: StartOptions,
    log: (entry: LogEntry) => void,
    /** Asks the shell for a secret (HOSTS §4.14). Only the engine is answered. */
    secrets: Pick<SecretAsker, 'read' | 'make'>,
  ): Promise<Service> | Service;
}
export interface Service {
  accept(link: Link): void;
  /** A call goes on although it was cancelled some time ago. */
  isStuck(): boolean;
  /** Ends cleanly; the process exits afterwards. */
  stop(): Promise<void> | void;
}

interface Channel {
  post(message: FromChild): void;
  onMessage(callback: (message: ToChild, ports: readonly EmitterPort[]) => void): void;
}

/** Runs a forked process: the same entry serves Electron's utility process and a Node child process. It ends with its
 *  parent, whatever way that goes. */
export function runChild(duties: ChildDuties): void {
  const channel = openChannel();
  let service: Service | undefined;
  const mux = new LinkMux(
    (message) => channel.post(message),
    (link) => service?.accept(link),
  );
  const secrets = createSecretAsker((message) => channel.post(message));
  exitOnDefect((entry) => channel.post({ c: 'log', entry }));
  process.on('SIGINT', () => undefined); // a terminal sends Ctrl-C to the whole group; the shell decides when to end
  channel.onMessage((message, ports) => {
    switch (message.c) {
      case 'start':
        void startService(duties, message, channel, secrets).then((started) => {
          service = started;
        });
        return;
      case 'port':
        for (const port of ports) service?.accept(createPortLink(port));
        return;
      case 'probe':
        channel.post({ c: 'alive', isStuck: service?.isStuck() ?? false });
        return;
      case 'stop':
        void stopService(service);
        return;
      case 'secret':
      case 'no-secret':
        secrets.answered(message);
        return;
      default:
        mux.receive(message);
    }
  });
}

async function startService(
  duties: ChildDuties,
  options: StartOptions,
  channel: Channel,
  secrets: SecretAsker,
): Promise<Service | undefined> {
  try {
    const service = await duties.start(options, (entry) => channel.post({ c: 'log', entry }), secrets);
    channel.post({ c: 'ready' });
    return service;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    channel.post({ c: 'failed', error: toErrorShape(error) });
    return undefined;
  }
}

async function stopService(service: Service | undefined): Promise<void> {
  try {
    await service?.stop();
  } finally {
    process.exit(0);
  }
}

/** A utility process only warns of an unhandled rejection; here either fault ends the process, and the shell starts a
 *  new one. */
function exitOnDefect(log: (entry: LogEntry) => void): void {
  const end = (error: unknown): void => {
    log({ level: 'error', event: 'process ends on a defect', fields: { error: describeDefect(error) } });
    setTimeout(() => process.exit(1), DEFECT_LOG_MS);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

const DEFECT_LOG_MS = 50; // lets the message above leave

/** For the log alone, which is redacted; a caller never sees it. */
export function describeDefect(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` caused by ${describeDefect(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

interface ElectronParentPort {
  postMessage(message: unknown): void;
  on(type: 'message', listener: (event: { data: unknown; ports: EmitterPort[] }) => void): void;
}

function openChannel(): Channel {
  // only Electron's utility processes have it, and Node's types do not know it
  const { parentPort } = process as unknown as { parentPort?: ElectronParentPort };
  return parentPort === undefined ? nodeChannel() : electronChannel(parentPort);
}

function electronChannel(port: ElectronParentPort): Channel {
  return {
    post: (message) => port.postMessage(message),
    onMessage: (callback) => port.on('message', ({ data, ports }) => callback(data as ToChild, ports)),
  };
}

function nodeChannel(): Channel {
  process.on('disconnect', () => process.exit(0)); // the shell is gone, perhaps killed
  return {
    post: (message) => {
      // a message to a parent that died between two events has nobody to go to
      if (process.connected) process.send?.(message, undefined, {}, () => undefined);
    },
    onMessage: (callback) => process.on('message', (message) => callback(message as ToChild, [])),
  };
}
