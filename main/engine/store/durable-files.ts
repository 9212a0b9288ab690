import {
  closeSync,
  fsync,
  fsyncSync,
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
  /** Writes `bytes` at `offset`, which becomes the new end, and returns once they are on the disk. */
  writeAt: (file: string, offset: number, bytes: Uint8Array) => void;
  rename: (from: string, to: string) => void;
  /** Makes names in a folder durable. */
  syncFolder: (folder: string) => void;
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
  writeAt(file, offset, bytes) {
    withFile(file, fileFlags(file), (fd) => {
      ftruncateSync(fd, offset);
      writeAll(fd, bytes, offset);
    });
  },
  rename: renameSync,
  syncFolder(folder) {
    if (process.platform === 'win32') return; // Windows has no such call and orders its metadata itself
    const fd = openSync(folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  },
};

/** Creates a folder and makes every new name on the way to it durable. */
export function makeFolder(files: DurableFiles, folder: string): void {
  const first = mkdirSync(folder, { recursive: true });
  if (first === undefined) return;
  for (let at = folder; at.length >= first.length; at = path.dirname(at)) files.syncFolder(path.dirname(at));
}

const fsyncLater = promisify(fsync);

const fileFlags = (file: string): string =>
  statSync(file, { throwIfNoEntry: false }) === undefined ? 'w' : 'r+';

function withFile(file: string, flags: string, work: (fd: number) => void): void {
  const fd = openSync(file, flags);
  try {
    work(fd);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeAll(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  }
}
