import { runServerHost } from '../hosts/server/run.ts';
import { SERVER_USAGE } from '../hosts/server/options.ts';
import type { Command, ExitCode } from './command.ts';

/** The server host in the foreground. It is the host of this process: signals and terminal are its own. */
export const serve: Command = {
  name: 'serve',
  summary: 'Open the workbench in a browser window or print its link',
  usage: SERVER_USAGE.replace('npm start --', 'tidemark serve'),
  run: (argv) => runServerHost(argv, process) as Promise<ExitCode>, // 0 to 3
};
