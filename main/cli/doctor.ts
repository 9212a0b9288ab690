import { examine } from '../engine/doctor/examine.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { createProgress } from './progress.ts';

export const doctor: Command = {
  name: 'doctor',
  summary: 'Checks every stored file against the catalogue and says what to do; changes nothing.',
  usage: `tidemark doctor [--data-dir DIR] [--json]

  One line per finding: ok, warn (harmless or mends itself) or fail. Exit 1 where anything fails.
`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { positionals, dataDir, json } = parseCommandArgs(argv, {}, io);
  if (positionals.length > 0) throw new BadUsage(`doctor takes no argument "${positionals[0] ?? ''}"`);
  const progress = createProgress(io.stderr, () => performance.now());
  try {
    const checks = await examine(dataDir, {
      signal: io.signal,
      onProgress: (done, total) => progress.show(`Checking: ${done} of ${total} files`, done, total),
    });
    progress.end();
    const ok = checks.every(({ status }) => status !== 'fail');
    if (json) io.stdout.write(`${JSON.stringify({ ok, dataDir, checks })}\n`);
    else
      for (const { name, status, message } of checks)
        io.stdout.write(`${status.padEnd(4)}  ${name.padEnd(12)}  ${message}\n`);
    return ok ? 0 : 1;
  } finally {
    progress.end();
  }
}
