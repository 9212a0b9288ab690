import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 100; // a build takes seconds; nobody notices a tenth of one

/** Runs `work` while no other process builds into the same folder; waits for its turn. A lock whose owner died is
 *  taken over. */
export async function withBuildLock<T>(root: string, work: () => Promise<T>): Promise<T> {
  const lockFile = path.join(root, 'dist', '.build-lock');
  mkdirSync(path.dirname(lockFile), { recursive: true });
  while (!tryLock(lockFile)) await delay(POLL_MS);
  try {
    return await work();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function tryLock(lockFile: string): boolean {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (!isOwnerAlive(lockFile)) rmSync(lockFile, { force: true });
    return false;
  }
}

function isOwnerAlive(lockFile: string): boolean {
  try {
    process.kill(Number(readFileSync(lockFile, 'utf8')), 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
