import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '../shared/errors.ts';

const HolderSchema = z.strictObject({
  pid: z.int().positive(),
  /** When that process began, in the system's own words; a reused pid shows another one. */
  startedAt: z.string().nullable(),
  host: z.enum(['electron', 'server', 'command']),
  /** Where the interface is served; null where the holder serves none, or not yet. */
  address: z.string().nullable(),
  /** Proves to the holder that the caller may read this file, hence belongs to the owner of the folder. */
  secret: z.string(),
});
export type LockHolder = z.infer<typeof HolderSchema>;

export interface WorkspaceLock {
  readonly holder: LockHolder;
  setAddress(address: string): void;
  release(): void;
}

/** Takes the folder for this process: one writer per data folder. Throws `locked` when a living process holds it, with
 *  pid, host and address in `detail`. A lock whose process is gone is taken over. */
export function acquireLock(dataDir: string, host: LockHolder['host']): WorkspaceLock {
  makeDataDir(dataDir);
  refuseNetworkDrive(dataDir);
  let holder: LockHolder = {
    pid: process.pid,
    startedAt: processStart(process.pid),
    host,
    address: null,
    secret: randomBytes(32).toString('base64url'),
  };
  take(dataDir, holder);
  return {
    get holder() {
      return holder;
    },
    setAddress(address) {
      holder = { ...holder, address };
      const next = `${lockFile(dataDir)}.${process.pid}`;
      writeFileSync(next, JSON.stringify(holder), { mode: 0o600 });
      renameSync(next, lockFile(dataDir));
    },
    release() {
      if (readHolder(dataDir)?.secret === holder.secret) rmSync(lockFile(dataDir), { force: true });
    },
  };
}

/** The living process that holds the folder, or null. */
export function readLock(dataDir: string): LockHolder | null {
  const holder = readHolder(dataDir);
  return holder !== null && isAlive(holder) ? holder : null;
}

export function lockedError(dataDir: string, holder: LockHolder): AppError {
  const { pid, host, address } = holder;
  const where = address === null ? '' : ` at ${address}`;
  return new AppError('locked', `${dataDir} is open in process ${pid} (${HOST_NAMES[host]}${where})`, {
    detail: { pid, host, address },
  });
}

const HOST_NAMES = {
  electron: 'the desktop app',
  server: 'the server host',
  command: 'a command',
} as const satisfies Record<LockHolder['host'], string>;

const TAKE_OVER_TRIES = 100;
const TAKE_OVER_WAIT_MS = 20;
const TURN_LIFE_MS = 1_000;

/** Before anything else runs, so nothing is kept waiting. */
const sleep = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

const lockFile = (dataDir: string): string => path.join(dataDir, 'workspace.lock');

function makeDataDir(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw writeError(dataDir, cause);
  }
}

/** The file appears with its whole content, or not at all: a reader never sees half a lock. */
function take(dataDir: string, holder: LockHolder): void {
  const draft = `${lockFile(dataDir)}.${process.pid}`;
  try {
    writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
    for (let attempt = 0; attempt < TAKE_OVER_TRIES; attempt++) {
      if (tryPlaceNew(draft, lockFile(dataDir)) || tryReplaceStale(dataDir, draft)) return;
      const other = readLock(dataDir);
      if (other !== null) throw lockedError(dataDir, other);
      sleep(TAKE_OVER_WAIT_MS);
    }
    throw new AppError('locked', `another process is taking over ${dataDir}`);
  } catch (error) {
    throw error instanceof AppError ? error : writeError(dataDir, error);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Only one process at a time looks again and replaces; without that, one that looked a moment ago would throw out the
 *  fresh lock of another. */
function tryReplaceStale(dataDir: string, draft: string): boolean {
  const turn = `${lockFile(dataDir)}.turn`;
  if (!tryPlaceNew(draft, turn)) {
    const age = Date.now() - (statSync(turn, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > TURN_LIFE_MS) rmSync(turn, { force: true }); // its process was killed within these few lines
    return false;
  }
  try {
    const current = readHolder(dataDir);
    if (current !== null && isAlive(current)) return false;
    renameSync(draft, lockFile(dataDir));
    return true;
  } finally {
    rmSync(turn, { force: true });
  }
}

/** False where the file is there already. */
function tryPlaceNew(from: string, to: string): boolean {
  try {
    placeNew(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Fails with EEXIST where there is a lock already. */
function placeNew(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!NO_HARD_LINKS.has(codeOf(error))) throw error;
    writeFileSync(to, readFileSync(from), { mode: 0o600, flag: 'wx' });
  }
}
const NO_HARD_LINKS = new Set(['EPERM', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP']); // FAT and its kin

function readHolder(dataDir: string): LockHolder | null {
  try {
    return parseHolder(readFileSync(lockFile(dataDir), 'utf8'));
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return null;
    throw new AppError('not-readable', `${lockFile(dataDir)} cannot be read`, { cause });
  }
}

function parseHolder(text: string): LockHolder | null {
  try {
    return HolderSchema.parse(JSON.parse(text));
  } catch {
    return null; // not one of ours, or of a version that nothing runs any more: stale
  }
}

function isAlive({ pid, startedAt }: LockHolder): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if (codeOf(cause) !== 'EPERM') return false; // EPERM: it lives, under another user
  }
  const now = processStart(pid);
  return now === null || startedAt === null || now === startedAt;
}

/** When a process began; null where the system does not say. */
export function processStart(pid: number, platform: NodeJS.Platform = process.platform): string | null {
  try {
    if (platform === 'linux') return linuxStart(pid);
    if (platform === 'win32')
      return run('powershell', ['-NoProfile', '-Command', `(Get-Process -Id ${pid}).StartTime.Ticks`]);
    return run('ps', ['-o', 'lstart=', '-p', String(pid)]);
  } catch {
    return null; // the process is gone, or the tool is missing
  }
}

/** Clock ticks since boot count from zero at each boot, so the boot's own id belongs to them. */
function linuxStart(pid: number): string | null {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // a name may hold spaces and brackets
  const [state, ticks] = [afterName[0], afterName[19]];
  if (ticks === undefined) return null;
  if (state === 'Z' || state === 'X') return 'ended'; // killed, and its parent has not looked yet
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`;
}

const run = (command: string, args: readonly string[]): string | null =>
  execFileSync(command, args, {
    encoding: 'utf8',
    timeout: 5_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim() || null;

/** Kinds of file systems by `statfs`: SQLite's write-ahead log needs shared memory, which these do not give. */
const NETWORK_DRIVES = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
]);

export function refuseNetworkDrive(
  dataDir: string,
  typeOf = (folder: string) => statfsSync(folder).type,
): void {
  const name = NETWORK_DRIVES.get(typeOf(dataDir) >>> 0);
  if (name === undefined) return;
  throw new AppError(
    'not-available',
    `${dataDir} lies on a network drive (${name}); choose a folder on a local disk`,
  );
}

function writeError(dataDir: string, cause: unknown): AppError {
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new AppError('disk-full', `no room left to write in ${dataDir}`, { cause });
  const reason = code === 'ENOTDIR' || code === 'EEXIST' ? 'is not a folder' : 'cannot be written';
  return new AppError('not-writable', `${dataDir} ${reason}`, { cause });
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
