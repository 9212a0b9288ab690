import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { appPaths } from '../../main/paths.ts';

/** The server host as `npm start` runs it: a process of its own, from the built files. */
export interface HostProcess {
  child: ChildProcess;
  /** Everything that it said so far. */
  output: () => string;
  /** The first match, now or later. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** The one-use link that it prints. */
  link(): Promise<string>;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

export function startHostProcess(
  dataDir: string,
  args: readonly string[] = [],
  env: NodeJS.ProcessEnv = process.env,
): HostProcess {
  const entry = path.join(appPaths().root, 'dist/main/server.mjs');
  const child = spawn(process.execPath, [entry, '--no-open', '--data-dir', dataDir, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
  });
  let output = '';
  const watchers: (() => void)[] = [];
  const wake = (): void => {
    for (const watcher of watchers.splice(0)) watcher();
  };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      wake();
    });
  }
  let isOver = false;
  const ended = new Promise<number | string>((resolve) =>
    child.on('close', (code, signal) => {
      isOver = true;
      wake();
      resolve(code ?? signal ?? 'unknown');
    }),
  );
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      const found = pattern.exec(output);
      if (found !== null) return found;
      if (isOver) throw new Error(`ended without saying ${String(pattern)}; it said:\n${output}`);
      await new Promise<void>((resolve) => watchers.push(resolve));
    }
  };
  return {
    child,
    output: () => output,
    says,
    link: async () => (await says(/Open (http\S+)/))[1] ?? '',
    ended,
  };
}
