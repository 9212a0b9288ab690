import {
  closeSync,
  fsync,
  ftruncateSync,
  mkdirSync,
  openSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

/** The few ways in which the store touches the disk; a test puts a full disk in their place. */
export interface DurableFiles {
  /** Writes a new file at once; the promise is kept when its bytes are on the disk. */
  write: (file: string, bytes: Uint8Array) => Promise<void>;
  /** Begins a new file that is written piece by piece. */
  create: (file: string) => OpenFile;
  /** Writes `bytes` at `offset`, which becomes the new end; the promise is kept when they are on the disk. */
  writeAt: (file: string, offset: number, bytes: Uint8Array) => Promise<void>;
  rename: (from: string, to: string) => void;
  /** Makes names in a folder durable. */
  syncFolder: (folder: string) => Promise<void>;
}

/** Whoever begins a file finishes or abandons it. */
export interface OpenFile {
  write: (bytes: Uint8Array) => void;
  /** The promise is kept when everything written is on the disk. */
  finish: () => Promise<void>;
  /** Lets go of the file as it is; after `finish` it does nothing. */
  abandon: () => void;
}

export const diskFiles: DurableFiles = {
  async write(file, bytes) {
    const fd = openSync(file, 'w');
    try {
      writeAll(fd, bytes, 0);
      await fsyncLater(fd);
    } finally {
      closeSync(fd);
    }
  },
  create(file) {
    const fd = openSync(file, 'w');
    let position = 0;
    let isOpen = true;
    const close = (): void => {
      if (isOpen) closeSync(fd);
      isOpen = false;
    };
    return {
      write(bytes) {
        writeAll(fd, bytes, position);
        position += bytes.length;
      },
      async finish() {
        await fsyncLater(fd);
        close();
      },
      abandon: close,
    };
  },
  async writeAt(file, offset, bytes) {
    const fd = openSync(file, fileFlags(file));
    try {
      ftruncateSync(fd, offset);
      writeAll(fd, bytes, offset);
      await fsyncLater(fd);
    } finally {
      closeSync(fd);
    }
  },
  rename: renameSync,
  async syncFolder(folder) {
    if (process.platform === 'win32') return; // Windows has no such call and orders its metadata itself
    const fd = openSync(folder, 'r');
    try {
      await fsyncLater(fd);
    } finally {
      closeSync(fd);
    }
  },
};

/** Creates a folder; returns the folders whose names must be made durable before it counts. */
export function makeFolder(folder: string): string[] {
  const first = mkdirSync(folder, { recursive: true });
  const parents: string[] = [];
  if (first === undefined) return parents;
  for (let at = folder; at.length >= first.length; at = path.dirname(at)) parents.push(path.dirname(at));
  return parents;
}

/** Waits for all, the failed ones included, so that nothing is still being written when the first failure is thrown. */
export async function allDone(work: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(work);
  await Promise.all(work);
}

const fsyncLater = promisify(fsync);

const fileFlags = (file: string): string =>
  statSync(file, { throwIfNoEntry: false }) === undefined ? 'w' : 'r+';

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}
