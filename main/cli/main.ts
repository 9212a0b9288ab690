// The bundled entry behind main/cli/tidemark.js.
import { appVersion } from '../app-version.ts';
import { type CommandTable, runCli } from './run-cli.ts';

const COMMANDS: CommandTable = {
  cohorts: async () => (await import('./cohorts.ts')).cohorts,
  alerts: async () => (await import('./alerts.ts')).alerts,
  annotations: async () => (await import('./annotations.ts')).annotations,
  demo: async () => (await import('./demo.ts')).demo,
  detect: async () => (await import('./detect.ts')).detect,
  doctor: async () => (await import('./doctor.ts')).doctor,
  expectations: async () => (await import('./expectations.ts')).expectations,
  import: async () => (await import('./import.ts')).importCommand,
  link: async () => (await import('./link.ts')).link,
  privacy: async () => (await import('./privacy.ts')).privacy,
  query: async () => (await import('./query.ts')).query,
  retention: async () => (await import('./retention.ts')).retention,
  secrets: async () => (await import('./secrets.ts')).secrets,
  serve: async () => (await import('./serve.ts')).serve,
  sources: async () => (await import('./sources.ts')).sources,
  sync: async () => (await import('./sync.ts')).sync,
};

const EXIT_INTERRUPTED = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const; // 128 + the signal's number
type Interruption = keyof typeof EXIT_INTERRUPTED;

async function main(argv: readonly string[]): Promise<void> {
  const stop = new AbortController();
  let interruption: Interruption | undefined;
  for (const signal of Object.keys(EXIT_INTERRUPTED) as Interruption[]) {
    process.on(signal, () => {
      if (interruption !== undefined) process.exit(EXIT_INTERRUPTED[signal]); // asked twice: do not wait
      interruption = signal;
      stop.abort();
    });
  }
  endQuietlyWhenReaderLeaves();
  if (argv[0] === '--version') {
    process.stdout.write(`${appVersion()}\n`);
    return;
  }
  const { stdin, stdout, stderr, env } = process;
  const exitCode = await runCli(argv, { stdin, stdout, stderr, env, signal: stop.signal }, COMMANDS);
  await flushed(stdout);
  process.exit(exitCode !== 0 && interruption !== undefined ? EXIT_INTERRUPTED[interruption] : exitCode);
}

/** `tidemark query … | head` closes the pipe early; that is no failure of ours. */
function endQuietlyWhenReaderLeaves(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => stream.write('', () => resolve()));

await main(process.argv.slice(2));
