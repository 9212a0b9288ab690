import { existsSync } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import type { Check } from '../engine/doctor/check.ts';
import { examine } from '../engine/doctor/examine.ts';
import { rebuildCatalogue } from '../engine/doctor/rebuild/rebuild-catalogue.ts';
import { acquireLock } from '../lock.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { type ProgressLine, createProgress } from './progress.ts';

const OPTIONS = { rebuild: { type: 'boolean' } } as const;

export const doctor: Command = {
  name: 'doctor',
  summary:
    'Checks every stored file against the catalogue and says what to do; changes nothing unless told to.',
  usage: `tidemark doctor [--rebuild] [--data-dir DIR] [--json]

  --rebuild   makes a lost or damaged catalogue anew from the stored files first; the old one is kept

  One line per finding: ok, warn (harmless or mends itself) or fail. Exit 1 where anything fails.
`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { values, positionals, dataDir, json } = parseCommandArgs(argv, OPTIONS, io);
  if (positionals.length > 0) throw new BadUsage(`doctor takes no argument "${positionals[0] ?? ''}"`);
  const progress = createProgress(io.stderr, () => performance.now());
  try {
    const rebuilt = values.rebuild === true ? await rebuild(dataDir, io.signal, progress) : [];
    const examined = await examine(dataDir, {
      signal: io.signal,
      onProgress: (done, total) => progress.show(`Checking: ${done} of ${total} files`, done, total),
    });
    progress.end();
    const checks = [...rebuilt, ...examined];
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

async function rebuild(dataDir: string, signal: AbortSignal, progress: ProgressLine): Promise<Check[]> {
  if (!existsSync(dataDir)) throw new AppError('not-found', `there is no folder ${dataDir}`);
  const lock = acquireLock(dataDir, 'command');
  try {
    return await rebuildCatalogue(dataDir, {
      signal,
      now: Date.now,
      onProgress: (done, total) => progress.show(`Reading: ${done} of ${total} segments`, done, total),
    });
  } finally {
    lock.release();
  }
}
