import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { AppError, toErrorShape } from '../../shared/errors.ts';
import type { Answer, Refusal } from '../../shared/query/answer.ts';
import { createQueryEngine } from '../query/create-query-engine.ts';
import type { QueryEngine } from '../query/query-engine.ts';
import { answerText } from './answer-text.ts';
import { BadUsage, type Command, type CommandIo, type ExitCode, parseCommandArgs } from './command.ts';
import { createProgress, type ProgressLine } from './progress.ts';

const MEMORY_BUDGET_BYTES = 512 << 20; // one command asks a handful of questions; the host's query process has its own
const QUIET_MS = 1_000; // quicker questions show no progress

export const query: Command = {
  name: 'query',
  summary: 'Answers one question, or several that stand one per line.',
  usage: `tidemark query SPEC.json|- [--data-dir DIR] [--json]

  SPEC.json   a question as JSON; several, one per line, are answered with one line each
  -           the same from standard input, answered as they come
`,
  run,
};

async function run(argv: readonly string[], io: CommandIo): Promise<ExitCode> {
  const { positionals, dataDir, json } = parseCommandArgs(argv, {}, io);
  const [source, ...others] = positionals;
  if (source === undefined) throw new BadUsage('query needs a file of questions, or - for standard input');
  if (others.length > 0) throw new BadUsage(`query takes one file; "${others[0] ?? ''}" is one too many`);
  const lines = createInterface({ input: source === '-' ? io.stdin : openFile(source), crlfDelay: Infinity });
  const engine = createQueryEngine({ dataDir, memoryBudgetBytes: MEMORY_BUDGET_BYTES });
  const progress = createProgress(io.stderr, () => performance.now());
  try {
    return await answerInput(lines, { engine, io, json, progress });
  } finally {
    progress.end();
    lines.close();
    engine.close();
  }
}

function openFile(file: string): NodeJS.ReadableStream {
  const stream = createReadStream(file, 'utf8');
  stream.pause();
  return stream;
}

interface Session {
  engine: QueryEngine;
  io: CommandIo;
  json: boolean;
  progress: ProgressLine;
}

/**
 * A first line that is JSON by itself begins a list of questions, each answered before the next is read; anything else
 * is one question over several lines.
 */
async function answerInput(lines: AsyncIterable<string>, session: Session): Promise<ExitCode> {
  const input = readable(lines)[Symbol.asyncIterator]();
  const first = await nextFilled(input);
  if (first === null) throw new AppError('bad-input', 'the input holds no question');
  if (!isJson(first)) return answerWhole(first, input, session);
  const second = session.json ? undefined : await nextFilled(input);
  if (second === null) return answerOnly(JSON.parse(first), session);
  return answerLines([first, ...(second === undefined ? [] : [second])], input, session);
}

/** Reading fails at the first line; the error names the file. */
async function* readable(lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    const { code, path: file = 'the input' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new AppError('not-found', `${file} does not exist`, { cause: error });
    throw new AppError('not-readable', `${file} cannot be read`, { cause: error });
  }
}

async function nextFilled(input: AsyncIterator<string>): Promise<string | null> {
  for (;;) {
    const next = await input.next();
    if (next.done === true) return null;
    if (next.value.trim() !== '') return next.value;
  }
}

async function answerWhole(first: string, input: AsyncIterator<string>, session: Session): Promise<ExitCode> {
  let text = first;
  for (let next = await input.next(); next.done !== true; next = await input.next())
    text += `\n${next.value}`;
  return answerOnly(parseJson(text, 'the input'), session);
}

async function answerOnly(spec: unknown, session: Session): Promise<ExitCode> {
  const answer = await ask(spec, session);
  session.io.stdout.write(session.json ? `${JSON.stringify(answer)}\n` : answerText(answer));
  return 0;
}

async function answerLines(
  known: string[],
  input: AsyncIterator<string>,
  session: Session,
): Promise<ExitCode> {
  let refused = 0;
  let number = 0;
  for (let line = known.shift() ?? null; line !== null; line = known.shift() ?? (await nextFilled(input))) {
    const reply = await replyTo(line, ++number, session);
    if (!reply.ok) refused++;
    session.io.stdout.write(`${JSON.stringify(reply)}\n`);
    if (session.io.signal.aborted) throw new AppError('cancelled', `stopped after question ${number}`);
  }
  if (refused > 0) session.io.stderr.write(`${refused} of ${number} questions were refused.\n`);
  return refused > 0 ? 1 : 0;
}

async function replyTo(line: string, number: number, session: Session): Promise<Answer | Refusal> {
  try {
    return await ask(parseJson(line, `question ${number}`), session);
  } catch (error) {
    const { code, message, path } = toErrorShape(error);
    if (code === 'internal')
      session.io.stderr.write(`question ${number}: ${String((error as Error).stack)}\n`);
    return { ok: false, error: { code, message, ...(path === undefined ? {} : { path }) } };
  }
}

function ask(spec: unknown, { engine, io, progress }: Session): Promise<Answer> {
  const startedMs = performance.now();
  return engine.run(spec, {
    signal: io.signal,
    onProgress: ({ done, total }) => {
      if (performance.now() - startedMs > QUIET_MS) progress.show(`${done} of ${total} days`, done, total);
    },
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AppError('bad-input', `${what} is not JSON`, { cause: error });
  }
}
