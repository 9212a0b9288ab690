import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { AppError } from '../../shared/errors.ts';
import type { CommandIo } from './command.ts';

/** The one JSON value of a file. */
export function readJson(file: string): unknown {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new AppError('not-found', `${file} does not exist`, { cause });
    throw new AppError('not-readable', `${file} cannot be read`, { cause });
  }
  return parseJson(content, file);
}

/** The same, or that of standard input for `-`. */
export async function readJsonInput(source: string, { stdin }: Pick<CommandIo, 'stdin'>): Promise<unknown> {
  return source === '-' ? parseJson(await text(stdin), 'the input') : readJson(source);
}

function parseJson(content: string, source: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new AppError('bad-input', `${source} is not JSON`, { cause });
  }
}
