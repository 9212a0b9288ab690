import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';

const OWNER_ONLY = 0o600;

/** The whole file or the one before: written beside, made durable, then moved into its place. */
export function writeSecretFile(file: string, bytes: Uint8Array): void {
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const fd = openSync(draft, 'w', OWNER_ONLY);
    try {
      writeSync(fd, bytes);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, file);
  } catch (cause) {
    throw new AppError('not-writable', `${file} cannot be written`, { cause });
  }
}
