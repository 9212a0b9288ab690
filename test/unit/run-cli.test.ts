import path from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { BadUsage, type Command, type CommandIo, parseCommandArgs } from '../../main/cli/command.ts';
import { runCli } from '../../main/cli/run-cli.ts';
import { AppError } from '../../shared/errors.ts';

type Run = Command['run'];

const echo: Run = (argv, io) => {
  io.stdout.write(argv.join('|'));
  return Promise.resolve(0);
};

const failing =
  (error: Error): Run =>
  () =>
    Promise.reject(error);

async function cli(argv: string[], run: Run = echo) {
  const out: string[] = [];
  const err: string[] = [];
  const io: CommandIo = {
    stdin: Readable.from([]),
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    env: {},
    signal: new AbortController().signal,
  };
  const command: Command = { name: 'weigh', summary: 'Weighs events.', usage: 'tidemark weigh FILE', run };
  const code = await runCli(argv, io, { weigh: () => Promise.resolve(command) });
  return { code, out: out.join(''), err: err.join('') };
}

describe('tidemark', () => {
  test('hands a command its arguments and returns its code', async () => {
    await expect(cli(['weigh', 'a', '--json'])).resolves.toEqual({ code: 0, out: 'a|--json', err: '' });
    expect((await cli(['weigh'], () => Promise.resolve(4))).code).toBe(4);
  });

  test('refuses an unknown command and lists the known ones', async () => {
    const { code, out, err } = await cli(['wiegh']);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('tidemark: unknown command "wiegh"; expected one of weigh\n');
    expect((await cli(['constructor'])).code).toBe(2);
  });

  test('explains itself: on request as a result, without a command as bad usage', async () => {
    const asked = await cli(['--help']);
    expect(asked.code).toBe(0);
    expect(asked.out).toContain('weigh  Weighs events.');
    const bare = await cli([]);
    expect({ code: bare.code, out: bare.out }).toEqual({ code: 2, out: '' });
    expect(bare.err).toContain('weigh  Weighs events.');
  });

  test('explains a command, wherever --help stands', async () => {
    for (const argv of [
      ['weigh', '--help'],
      ['weigh', 'file', '-h'],
      ['help', 'weigh'],
    ]) {
      const { code, out } = await cli(argv);
      expect(code).toBe(0);
      expect(out).toContain('Usage: tidemark weigh FILE');
    }
    expect((await cli(['weigh', '--', '--help'])).out).toBe('--|--help');
  });
});

describe('a failure', () => {
  test('of usage is 2, with the usage', async () => {
    const { code, out, err } = await cli(['weigh'], failing(new BadUsage('FILE is missing')));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe('tidemark weigh: FILE is missing\n\nUsage: tidemark weigh FILE\n');
  });

  test.each([
    ['not-found', 1],
    ['bad-input', 1],
    ['locked', 3],
    ['not-available', 3],
  ] as const)('%s is %i', async (errorCode, exitCode) => {
    const { code, err } = await cli(['weigh'], failing(new AppError(errorCode, 'no such thing')));
    expect(code).toBe(exitCode);
    expect(err).toBe('tidemark weigh: no such thing\n');
  });

  test('is an object on standard output with --json', async () => {
    const error = new AppError('bad-input', 'interval: unknown "dya"', { path: 'interval' });
    const { code, out } = await cli(['weigh', '--json'], failing(error));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      ok: false,
      error: { code: 'bad-input', message: 'interval: unknown "dya"', path: 'interval' },
    });
  });

  test('that nobody foresaw keeps its words out of the result and shows its stack', async () => {
    const { code, out, err } = await cli(['weigh', '--json'], failing(new TypeError('secret is undefined')));
    expect(code).toBe(1);
    expect(out).not.toContain('secret');
    expect(err).toContain('TypeError: secret is undefined');
  });
});

describe('arguments of a command', () => {
  const parse = (argv: string[]) => parseCommandArgs(argv, { port: { type: 'string' } }, { env: {} });

  test('come typed, with the data folder resolved', () => {
    const { values, positionals, dataDir, json } = parse([
      '-',
      '--port',
      '1',
      '--data-dir',
      'here',
      '--json',
    ]);
    expect({ port: values.port, positionals, dataDir, json }).toEqual({
      port: '1',
      positionals: ['-'],
      dataDir: path.resolve('here'),
      json: true,
    });
  });

  test.each([
    [['--prot', '1'], "Unknown option '--prot'"],
    [['--port'], "Option '--port <value>' argument missing"],
    [['--json=1'], "Option '--json' does not take an argument"],
  ])('%j is bad usage that says why', (argv, message) => {
    expect(() => parse(argv)).toThrow(new BadUsage(message));
  });
});
