import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';

const gzipped = promisify(gzip);
const GZIP_LEVEL = 4; // level 6 takes half as long again for 3 % less
const GZIP_OS_BYTE = 9; // RFC 1952: the writing system; 255 = unknown, so that bytes are the same everywhere
const IN_FLIGHT = 64;

export interface SampleFiles {
  /** Resolves when there is room for another file, not when this one is written. */
  write: (relativePath: string, text: string) => Promise<void>;
  /** Resolves when everything is written. */
  finish: () => Promise<{ files: number; bytes: number }>;
}

/** Writes text files below a folder, `.gz` ones compressed, several at a time. */
export function createSampleFiles(
  folder: string,
  onWritten: (filesWritten: number) => void,
  signal: AbortSignal | undefined,
): SampleFiles {
  const running = new Set<Promise<void>>();
  const made = new Set<string>();
  const failures: unknown[] = [];
  let files = 0;
  let bytes = 0;

  const writeOne = async (relativePath: string, text: string): Promise<void> => {
    const target = path.join(folder, ...relativePath.split('/'));
    const parent = path.dirname(target);
    if (!made.has(parent)) {
      await mkdir(parent, { recursive: true });
      made.add(parent);
    }
    const body = relativePath.endsWith('.gz') ? await stableGzip(text) : Buffer.from(text);
    await writeFile(target, body);
    files += 1;
    bytes += body.length;
    onWritten(files);
  };

  const stopIfBroken = (): void => {
    if (signal?.aborted === true) throw new AppError('cancelled', 'writing the sample was cancelled');
    if (failures.length > 0) throw failures[0];
  };

  const write = async (relativePath: string, text: string): Promise<void> => {
    stopIfBroken();
    const task: Promise<void> = writeOne(relativePath, text)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(task));
    running.add(task);
    if (running.size >= IN_FLIGHT) await Promise.race(running);
  };

  const finish = async (): Promise<{ files: number; bytes: number }> => {
    await Promise.all(running);
    stopIfBroken();
    return { files, bytes };
  };

  return { write, finish };
}

async function stableGzip(text: string): Promise<Buffer> {
  const body = await gzipped(text, { level: GZIP_LEVEL });
  body[GZIP_OS_BYTE] = 255;
  return body;
}
