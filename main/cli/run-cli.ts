import { AppError, toErrorShape } from '../../shared/errors.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode } from './command.ts';

/** Loads a command's module only when it is wanted: `tidemark query` does not pay for the others. */
export type CommandTable = Readonly<Record<string, () => Promise<Command>>>;

/** Runs one invocation and says how it ended; never throws. */
export async function runCli(argv: readonly string[], io: CommandIo, table: CommandTable): Promise<ExitCode> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    io.stderr.write(await helpText(table));
    return 2;
  }
  if (name === '--help' || name === '-h' || name === 'help') return help(rest[0], io, table);
  const load = loaderOf(table, name);
  if (load === undefined) return refuseUnknown(name, io, table);
  const command = await load();
  if (asksForHelp(rest)) {
    io.stdout.write(usageText(command));
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    return report(error, command, rest, io);
  }
}

async function help(name: string | undefined, io: CommandIo, table: CommandTable): Promise<ExitCode> {
  if (name === undefined) {
    io.stdout.write(await helpText(table));
    return 0;
  }
  const load = loaderOf(table, name);
  if (load === undefined) return refuseUnknown(name, io, table);
  io.stdout.write(usageText(await load()));
  return 0;
}

const loaderOf = (table: CommandTable, name: string): (() => Promise<Command>) | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

function refuseUnknown(name: string, io: CommandIo, table: CommandTable): ExitCode {
  io.stderr.write(`tidemark: unknown command "${name}"; expected one of ${Object.keys(table).join(', ')}\n`);
  return 2;
}

/** `--help` before any `--`; after it, everything is data. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  const options = end === -1 ? argv : argv.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

async function helpText(table: CommandTable): Promise<string> {
  const commands = await Promise.all(Object.values(table).map((load) => load()));
  const width = Math.max(0, ...commands.map(({ name }) => name.length));
  return [
    'Usage: tidemark <command> [options]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'Every command takes --data-dir DIR (default: TIDEMARK_DATA_DIR, else the system’s data folder) and --json.',
    'tidemark <command> --help says more. Exit codes: 0 done, 1 failed, 2 bad usage, 3 cannot run here,',
    '4 rows in quarantine (with --strict).',
    '',
  ].join('\n');
}

const usageText = ({ summary, usage }: Command): string => `${summary}\n\nUsage: ${usage.trim()}\n`;

function report(error: unknown, command: Command, argv: readonly string[], io: CommandIo): ExitCode {
  const exitCode = exitCodeOf(error);
  const { code, message, path } = describe(error);
  io.stderr.write(`tidemark ${command.name}: ${message}\n`);
  if (error instanceof BadUsage) io.stderr.write(`\nUsage: ${command.usage.trim()}\n`);
  if (code === 'internal' && error instanceof Error) io.stderr.write(`${error.stack ?? error.message}\n`);
  if (argv.includes('--json')) {
    const shown = path === undefined ? { code, message } : { code, message, path };
    io.stdout.write(`${JSON.stringify({ ok: false, error: shown })}\n`);
  }
  return exitCode;
}

function describe(error: unknown): { code: string; message: string; path?: string } {
  return error instanceof BadUsage ? { code: 'bad-input', message: error.message } : toErrorShape(error);
}

function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof BadUsage) return 2;
  return error instanceof AppError && (error.code === 'locked' || error.code === 'not-available') ? 3 : 1;
}
