import type { ForkOptions, MessageChannelMain, MessagePortMain, UtilityProcess } from 'electron';
import { createPortLink } from '../../../shared/rpc/port-link.ts';
import type { FromChild, ToChild } from '../../process/control.ts';
import { type ForkedProcess, type ForkedRole, type Forker, onLines } from '../../supervisor/forks.ts';

/** A process that takes ports: each is a link of its own, so that data never passes through the shell. */
export interface PortProcess extends ForkedProcess {
  givePort(port: MessagePortMain): void;
}

type Utility = Pick<UtilityProcess, 'pid' | 'stdout' | 'stderr' | 'postMessage' | 'kill' | 'on' | 'once'>;

export interface UtilityForkDeps {
  utilityProcess: { fork: (modulePath: string, args: string[], options: ForkOptions) => Utility };
  MessageChannelMain: new () => MessageChannelMain;
  /** Absolute path of the entry module of each role. */
  entries: Readonly<Record<ForkedRole, string>>;
  /** What a process prints past its log. */
  onOutput: (role: ForkedRole, line: string) => void;
}

/** Forks with Electron's utility processes: `child_process.fork` fails in an installed app, whose binary is not a Node. */
export function createUtilityForker({
  utilityProcess,
  MessageChannelMain,
  entries,
  onOutput,
}: UtilityForkDeps): Forker<PortProcess> {
  return (role) => {
    const child = utilityProcess.fork(entries[role], [], {
      serviceName: `Tidemark ${role}`,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) onLines(stream, (line) => onOutput(role, line));
    }
    const post = (message: ToChild, ports: MessagePortMain[] = []): void => child.postMessage(message, ports);
    const givePort = (port: MessagePortMain): void => post({ c: 'port' }, [port]);
    return {
      get pid() {
        return child.pid;
      },
      post,
      givePort,
      onMessage: (callback) => child.on('message', (message: FromChild) => callback(message)),
      onExit: (callback) => child.once('exit', (code) => callback(`exit code ${code}`)),
      openLink: () => {
        const { port1, port2 } = new MessageChannelMain();
        givePort(port1);
        return createPortLink(port2);
      },
      kill: () => child.kill(),
      killHard: () => killHard(child.pid),
    };
  };
}

function killHard(pid: number | undefined): void {
  if (pid === undefined) return; // not started yet, or gone
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it ended between two events; its exit tells
  }
}
