import { fork } from 'node:child_process';
import type { Link } from '../../shared/rpc/frames.ts';
import type { FromChild, ToChild } from '../process/control.ts';
import { LinkMux } from '../process/link-mux.ts';

export type ForkedRole = 'engine' | 'query';

/** One running process, whichever host forked it. */
export interface ForkedProcess {
  readonly pid: number | undefined;
  post(message: ToChild): void;
  onMessage(callback: (message: FromChild) => void): void;
  /** Once, after the process is gone; `reason` is safe to show. */
  onExit(callback: (reason: string) => void): void;
  /** A link from this side, over the channel of the process itself. */
  openLink(): Link;
  /** Asks politely. */
  kill(): void;
  killHard(): void;
}

/** Contract: starts a process of a role at once; faults of the start show as its exit. */
export type Forker<P extends ForkedProcess = ForkedProcess> = (role: ForkedRole) => P;

export interface NodeForkOptions {
  /** Absolute path of the entry module of each role. */
  entries: Readonly<Record<ForkedRole, string>>;
  /** What a process prints past its log: a fault of native code, a warning of Node. */
  onOutput?: (role: ForkedRole, line: string) => void;
}

/** Node child processes, for the server host and the tests. */
export function createNodeForker({ entries, onOutput = () => undefined }: NodeForkOptions): Forker {
  return (role) => {
    const child = fork(entries[role], [], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) onLines(stream, (line) => onOutput(role, line));
    }
    const post = (message: ToChild): void => {
      if (child.connected) child.send(message, () => undefined); // a failed send shows as the exit that caused it
    };
    const mux = new LinkMux(post);
    const exitCallbacks: ((reason: string) => void)[] = [];
    const exited = (reason: string): void => {
      mux.endAll(reason);
      for (const callback of exitCallbacks.splice(0)) callback(reason);
    };
    child.on('exit', (code, signal) => exited(signal ?? `exit code ${code ?? 0}`));
    child.on('error', (error) => {
      if (child.pid === undefined) exited(error.message); // it never started, so there is no exit event
    });
    child.on('message', (message) => {
      const from = message as FromChild;
      if (from.c === 'open' || from.c === 'frame' || from.c === 'close') mux.receive(from);
    });
    return {
      pid: child.pid,
      post,
      onMessage: (callback) => child.on('message', (message) => callback(message as FromChild)),
      onExit: (callback) => exitCallbacks.push(callback),
      openLink: () => mux.open(),
      kill: () => child.kill('SIGTERM'),
      killHard: () => child.kill('SIGKILL'),
    };
  };
}

/** Calls back with each line of text, cut to the length of a log line. */
export function onLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = (lines.pop() ?? '').slice(-MAX_LINE_LENGTH);
    for (const line of lines) if (line !== '') take(line.slice(0, MAX_LINE_LENGTH));
  });
}

const MAX_LINE_LENGTH = 4_000; // a log line, not a dump
