import { AppError } from '../../shared/errors.ts';
import { openSecrets } from '../engine/secrets/open-secrets.ts';
import type { SecretStore } from '../engine/secrets/secret-store.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';

const MAX_INPUT_BYTES = 64 << 10;

export const secrets: Command = {
  name: 'secrets',
  summary: 'Sets, lists, tests and deletes the secrets of sources; never shows one.',
  usage: `tidemark secrets set NAME | test NAME | delete NAME | list [--data-dir DIR] [--json]

  set NAME     takes the value from standard input: one line, e.g. ID:SECRET
  test NAME    says whether it is set; exit 1 where it is not

  They lie in a file that TIDEMARK_PASSPHRASE (or the first line of the file that TIDEMARK_PASSPHRASE_FILE names)
  opens. TIDEMARK_SECRET_<NAME> gives one without storing it: events-s3 is TIDEMARK_SECRET_EVENTS_S3.
`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { positionals, dataDir, json } = parseCommandArgs(argv, {}, io);
  const [action, name, ...rest] = positionals;
  if (rest.length > 0)
    throw new BadUsage(`secrets takes no argument "${rest[0] ?? ''}"; a value comes by standard input`);
  const store = openSecrets(dataDir, io.env);
  const answer = (result: object, text: string): ExitCode => {
    io.stdout.write(json ? `${JSON.stringify({ ok: true, ...result })}\n` : `${text}\n`);
    return 0;
  };
  switch (action) {
    case 'list': {
      const names = await store.names();
      return answer({ names }, names.join('\n') || 'No secrets are set.');
    }
    case 'set':
      keepable(store);
      await store.set(named(name, 'set'), await valueFrom(io));
      return answer({ name }, `Set "${name ?? ''}".`);
    case 'test':
      if ((await store.read(named(name, 'test'))) === null)
        throw new AppError('not-found', `the secret "${name ?? ''}" is not set`);
      return answer({ name }, `"${name ?? ''}" is set.`);
    case 'delete':
      keepable(store);
      if (!(await store.remove(named(name, 'delete'))))
        throw new AppError('not-found', `the secret "${name ?? ''}" is not set`);
      return answer({ name }, `Deleted "${name ?? ''}".`);
    default:
      throw new BadUsage(`secrets "${action ?? ''}" is not one of set, test, delete, list`);
  }
}

function named(name: string | undefined, action: string): string {
  if (name === undefined || name === '') throw new BadUsage(`secrets ${action} needs the NAME of a secret`);
  return name;
}

/** A command ends at once, and memory with it. */
function keepable({ protection }: SecretStore): void {
  if (protection.kind !== 'memory') return;
  throw new AppError(
    'not-available',
    'no passphrase is given, so nothing could be kept; set TIDEMARK_PASSPHRASE or TIDEMARK_PASSPHRASE_FILE, ' +
      'or give the secret as TIDEMARK_SECRET_<NAME>',
  );
}

async function valueFrom({ stdin, stderr }: CommandIo): Promise<string> {
  if ('isTTY' in stdin && stdin.isTTY === true)
    stderr.write('Value (it shows while you type; end with Enter): ');
  let text = '';
  for await (const chunk of stdin as AsyncIterable<Buffer | string>) {
    text += chunk.toString();
    if (text.includes('\n')) break;
    if (text.length > MAX_INPUT_BYTES) throw new BadUsage('the value is too long');
  }
  return text.split(/\r?\n/, 1)[0] ?? '';
}
