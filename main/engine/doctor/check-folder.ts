import { accessSync, constants, statSync } from 'node:fs';
import { readLock } from '../../lock.ts';
import { filesUnder } from '../store/recover.ts';
import { type Check, countOf, findings } from './check.ts';

const OTHERS = 0o077; // permission bits of group and everybody

/** Who holds the folder, and whether anybody does. */
export function checkLock(dataDir: string): { check: Check; isHeld: boolean } {
  const holder = readLock(dataDir);
  if (holder === null)
    return { check: { name: 'lock', status: 'ok', message: 'no process holds the folder' }, isHeld: false };
  const { pid, host, address } = holder;
  const where = address === null ? '' : ` at ${address}`;
  const message = `process ${pid} (${host}) holds the folder${where}`;
  return { check: { name: 'lock', status: 'ok', message }, isHeld: true };
}

export function checkPermissions(dataDir: string): Check[] {
  try {
    accessSync(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const message = `${dataDir} cannot be written by this user: questions are answered, nothing can be synced; give write permission`;
    return [{ name: 'permissions', status: 'fail', message }];
  }
  const mode = process.platform === 'win32' ? 0 : statSync(dataDir).mode & OTHERS;
  const open =
    mode === 0 ? [] : [`other users of this machine may enter ${dataDir}; "chmod 700" keeps them out`];
  return findings('permissions', 'warn', open, `${dataDir} can be read and written, by its owner alone`);
}

/** What a killed writer left in `tmp/`; while a process holds the folder, its unfinished work. */
export function checkUnfinished(dataDir: string, isHeld: boolean): Check[] {
  const files = filesUnder(dataDir, 'tmp');
  const found = countOf(files.length, 'unfinished file');
  if (isHeld)
    return [{ name: 'unfinished', status: 'ok', message: `${found} in tmp/, of the process at work` }];
  const left =
    files.length === 0 ? [] : [`${found} in tmp/, e.g. ${files[0] ?? ''}; the next sync deletes them`];
  return findings('unfinished', 'warn', left, 'tmp/ is empty');
}
