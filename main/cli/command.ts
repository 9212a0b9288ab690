import { type ParseArgsConfig, parseArgs } from 'node:util';
import { resolveDataDir } from '../paths.ts';

/** 0 done · 1 failed · 2 bad usage · 3 cannot run here · 4 rows in quarantine, with `--strict` */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** Everything a command may touch outside its arguments. */
export interface CommandIo {
  stdin: NodeJS.ReadableStream;
  /** Results only: readable text, or one JSON object with `--json`. */
  stdout: CommandOutput;
  /** Progress, warnings and errors. */
  stderr: CommandOutput;
  env: Readonly<Record<string, string | undefined>>;
  /** Aborted by Ctrl-C or SIGTERM; a command ends soon and leaves nothing half done. */
  signal: AbortSignal;
}

export interface CommandOutput {
  write: (text: string) => unknown;
  /** True on a terminal, where progress is a bar; otherwise it is lines. */
  isTTY?: boolean;
}

/** Contract: `run` resolves with the exit code and writes only through `io`. It throws BadUsage for arguments that make
 *  no sense (exit 2, usage printed) and AppError for everything that can fail (exit 1, or 3 for `locked` and
 *  `not-available`); the caller words both, as JSON where `--json` was given. */
export interface Command {
  name: string;
  /** One line for the list of commands. */
  summary: string;
  /** The lines under "Usage:", without the program's name in front of options. */
  usage: string;
  run: (argv: readonly string[], io: CommandIo) => Promise<ExitCode>;
}

/** Arguments that make no sense; the message names the argument and what was allowed. */
export class BadUsage extends Error {}

type Options = NonNullable<ParseArgsConfig['options']>;
type Parsed<T extends Options> = ReturnType<typeof parseWith<T>>;

const COMMON = { 'data-dir': { type: 'string' }, json: { type: 'boolean' } } as const satisfies Options;

/** Parses a command's own options together with `--data-dir` and `--json`; `dataDir` comes resolved. */
export function parseCommandArgs<T extends Options>(
  argv: readonly string[],
  options: T,
  io: Pick<CommandIo, 'env'>,
): Parsed<T> & { dataDir: string; json: boolean } {
  const parsed = asBadUsage(() => parseWith(argv, options));
  const common: { 'data-dir'?: string; json?: boolean } = parsed.values;
  return {
    ...parsed,
    dataDir: resolveDataDir({ flag: common['data-dir'], env: io.env }),
    json: common.json ?? false,
  };
}

function parseWith<T extends Options>(argv: readonly string[], options: T) {
  return parseArgs({
    args: [...argv],
    options: { ...options, ...COMMON },
    allowPositionals: true,
    strict: true,
  });
}

function asBadUsage<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new BadUsage(error instanceof Error ? firstSentence(error.message) : String(error));
  }
}

/** Node adds advice about positional arguments that does not fit a command. */
const firstSentence = (message: string): string => message.split(/\. |\n/, 1)[0] ?? message;
