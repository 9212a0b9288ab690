import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';

const GZIP_LEVEL = 1; // level 6 is 12 % smaller and takes three times as long
const GZIP_OS_BYTE = 9; // RFC 1952: the writing system; 255 = unknown, so that bytes are the same everywhere

export interface SampleFiles {
  write: (relativePath: string, text: string) => void;
  written: () => { files: number; bytes: number };
}

/**
 * Writes text files below a folder, `.gz` ones compressed. Synchronous on purpose: thousands of small files cost two to
 * three times the processor time through the thread pool. Callers let others run in between.
 */
export function createSampleFiles(folder: string): SampleFiles {
  const madeFolders = new Set<string>();
  let files = 0;
  let bytes = 0;

  const write = (relativePath: string, text: string): void => {
    const target = path.join(folder, ...relativePath.split('/'));
    const parent = path.dirname(target);
    if (!madeFolders.has(parent)) {
      mkdirSync(parent, { recursive: true });
      madeFolders.add(parent);
    }
    const body = relativePath.endsWith('.gz') ? stableGzip(text) : Buffer.from(text);
    writeFileSync(target, body);
    files += 1;
    bytes += body.length;
  };

  return { write, written: () => ({ files, bytes }) };
}

function stableGzip(text: string): Buffer {
  const body = gzipSync(text, { level: GZIP_LEVEL });
  body[GZIP_OS_BYTE] = 255;
  return body;
}
